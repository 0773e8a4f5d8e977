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

test('nobody is overtaken for ever by people who bring one item after the other', () => {
  const queue = filled(10, { ada: ['a1', 'a2', 'a3'] });
  const order: string[] = [];
  for (let turn = 0; turn < 6; turn++) {
    queue.push('bob', 'b');
    queue.push('eve', 'e');
    for (const taken of [queue.take(), queue.take()]) {
      order.push(taken!.item);
      queue.done(taken!.owner);
    }
  }
  expect(order.indexOf('a2')).toBeLessThan(6);
  expect(order.indexOf('a3')).toBeLessThan(9);
});

test('a new owner waits for one item of somebody who was just served', () => {
  const queue = filled(1, { eve: ['e1'] });
  queue.take();
  queue.push('eve', 'e2');
  queue.push('ada', 'a1');
  queue.done('eve');
  expect([queue.take()?.item, queue.take()?.item]).toEqual(['a1', 'e2']);
});

test('an owner at the limit gathers no turns while it waits', () => {
  const queue = filled(1, { eve: ['e1', 'e2', 'e3', 'e4', 'e5', 'e6'] });
  queue.take();
  for (let turn = 0; turn < 10; turn++) {
    queue.push('ada', 'a');
    queue.take();
    queue.done('ada');
  }
  queue.done('eve');
  const order: string[] = [];
  for (let turn = 0; turn < 5; turn++) {
    queue.push('ada', 'a');
    const taken = queue.take()!;
    order.push(taken.owner);
    queue.done(taken.owner);
  }
  expect(order).toEqual(['eve', 'eve', 'ada', 'eve', 'ada']);
});

test('a cleared queue gives back what waited, and nothing more', () => {
  const queue = filled(1, { ada: ['a1', 'a2'], bob: ['b1'] });
  queue.take();
  expect(queue.clear().sort()).toEqual(['a2', 'b1']);
  expect(queue.take()).toBeUndefined();
});
