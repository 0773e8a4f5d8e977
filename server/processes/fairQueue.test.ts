import { FairQueue } from './fairQueue';

function filled(itemsPerOwner: number, items: Record<string, string[]>): FairQueue<string> {
  const queue = new FairQueue<string>(itemsPerOwner);
  for (const [owner, own] of Object.entries(items)) for (const item of own) queue.push(owner, item);
  return queue;
}

test('owners take turns, however many items one of them has', () => {
  const queue = filled(10, { ada: ['a1', 'a2', 'a3'], bob: ['b1'], eve: ['e1', 'e2'] });
  const order = Array.from({ length: 7 }, () => queue.take()?.item);
  expect(order).toEqual(['a1', 'b1', 'e1', 'a2', 'e2', 'a3', undefined]);
});

test('an owner at the limit waits for an own item to end, and nobody else does', () => {
  const queue = filled(1, { ada: ['a1', 'a2'], bob: ['b1'] });
  expect(queue.take()).toEqual({ owner: 'ada', item: 'a1' });
  expect(queue.take()).toEqual({ owner: 'bob', item: 'b1' });
  expect(queue.take()).toBeUndefined();
  queue.done('bob');
  expect(queue.take()).toBeUndefined();
  queue.done('ada');
  expect(queue.take()).toEqual({ owner: 'ada', item: 'a2' });
});

test('a cleared queue gives back what waited, and nothing more', () => {
  const queue = filled(1, { ada: ['a1', 'a2'], bob: ['b1'] });
  queue.take();
  expect(queue.clear().sort()).toEqual(['a2', 'b1']);
  expect(queue.take()).toBeUndefined();
});
