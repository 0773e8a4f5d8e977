import { HeldWork } from './heldWork';

test('work is held until the last holder has ended, however it ends', async () => {
  const held = new HeldWork();
  let finish = () => {};
  const first = held.during('run', 'a', () => new Promise<void>((resolve) => (finish = resolve)));
  const second = held.during('run', 'a', () => Promise.reject(new Error('the database is gone')));
  expect(held.has('run', 'a')).toBe(true);
  expect(held.has('import', 'a')).toBe(false);
  await expect(second).rejects.toThrow('gone');
  expect(held.has('run', 'a')).toBe(true);
  finish();
  await first;
  expect(held.has('run', 'a')).toBe(false);
});
