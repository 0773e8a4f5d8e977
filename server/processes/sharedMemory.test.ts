import { setImmediate as turn } from 'node:timers/promises';
import { SharedMemory } from './sharedMemory';

async function grantsOf(memory: SharedMemory, wanted: number[]) {
  const granted: number[] = [];
  for (const mebibytes of wanted) void memory.take(mebibytes).then(() => granted.push(mebibytes));
  await turn();
  return granted;
}

test('what fits is given at once, and the rest when something is released', async () => {
  const memory = new SharedMemory(100);
  const granted = await grantsOf(memory, [60, 30, 50, 10]);
  // The third does not fit, and the fourth does not overtake it.
  expect(granted).toEqual([60, 30]);
  memory.release(60);
  await turn();
  expect(granted).toEqual([60, 30, 50, 10]);
});

test('more than there is is given when nothing else is taken', async () => {
  const memory = new SharedMemory(100);
  const granted = await grantsOf(memory, [10, 500, 10]);
  expect(granted).toEqual([10]);
  memory.release(10);
  await turn();
  expect(granted).toEqual([10, 500]);
  memory.release(500);
  await turn();
  expect(granted).toEqual([10, 500, 10]);
});
