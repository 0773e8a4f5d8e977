import { coalesced } from './coalesce';

/** Work that ends on command. */
function byHand() {
  const started: string[] = [];
  const ends: (() => void)[] = [];
  const ask = coalesced((key) => {
    started.push(key);
    return new Promise((resolve) => ends.push(resolve));
  });
  return { started, ask, end: () => ends.shift()?.() };
}

test('a hundred at once are asked once now and once more, for what came meanwhile', async () => {
  const { started, ask, end } = byHand();
  const all = Array.from({ length: 100 }, () => ask('a'));
  expect(started).toEqual(['a']);
  end();
  await all[0];
  await Promise.resolve();
  expect(started).toEqual(['a', 'a']);
  end();
  await Promise.all(all);
  expect(started).toEqual(['a', 'a']);
});

test('who asks when nothing is under way is not kept waiting, and keys do not wait for each other', async () => {
  const { started, ask, end } = byHand();
  const first = ask('a');
  void ask('b');
  expect(started).toEqual(['a', 'b']);
  end();
  await first;
  void ask('a');
  expect(started).toEqual(['a', 'b', 'a']);
});

test('a failure reaches who asked, and the next one is tried all the same', async () => {
  let calls = 0;
  const ask = coalesced(async () => {
    calls++;
    await Promise.resolve();
    if (calls === 1) throw new Error('lost connection');
  });
  const [first, second] = [ask('a'), ask('a')];
  await expect(first).rejects.toThrow('lost connection');
  await expect(second).resolves.toBeUndefined();
  expect(calls).toBe(2);
});
