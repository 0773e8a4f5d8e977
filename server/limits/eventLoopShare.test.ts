import { EventLoopShare } from './eventLoopShare';

/** Holds the event loop, as reading a long answer does. */
function work(milliseconds: number): void {
  for (const end = performance.now() + milliseconds; performance.now() < end;);
}

/** Counts iterations of the event loop until it is stopped. */
function countIterations() {
  let iterations = 0;
  let running = true;
  const next = () => {
    iterations++;
    if (running) setImmediate(next);
  };
  setImmediate(next);
  return () => {
    running = false;
    return iterations;
  };
}

/** Does a piece of work, which begins in a callback of its own, as requests do. */
async function piece(share: EventLoopShare, owner: string, milliseconds: number) {
  await new Promise((resolve) => setImmediate(resolve));
  await share.wait(owner);
  work(milliseconds);
}

test('a piece of work begins at once while an iteration has time', () => {
  const share = new EventLoopShare();
  expect([share.wait('ada'), share.wait('ada')]).toEqual([undefined, undefined]);
});

test('pieces that take their time run in iterations of their own', async () => {
  const share = new EventLoopShare();
  const iterations = countIterations();
  await Promise.all(Array.from({ length: 10 }, () => piece(share, 'ada', 12)));
  expect(iterations()).toBeGreaterThanOrEqual(9);
});

test('many short pieces fit into few iterations', async () => {
  const share = new EventLoopShare();
  const iterations = countIterations();
  await piece(share, 'ada', 12);
  const pieces = Array.from({ length: 500 }, () => piece(share, 'ada', 0));
  await Promise.all(pieces);
  expect(iterations()).toBeLessThan(100);
});

test('people take turns', async () => {
  const share = new EventLoopShare();
  const order: string[] = [];
  const note = (owner: string) => piece(share, owner, 12).then(() => order.push(owner));
  await Promise.all(['eve', 'eve', 'eve', 'eve', 'ada'].map(note));
  // The first begins at once. Among those that wait, nobody comes twice before another has come.
  expect(order.indexOf('ada')).toBeLessThanOrEqual(2);
});

test('while connections arrive, an iteration has less time', async () => {
  const iterationsOf = async (isBurst: boolean) => {
    const share = new EventLoopShare();
    const iterations = countIterations();
    const pieces = Array.from({ length: 100 }, async () => {
      await piece(share, 'ada', 0.3);
      if (isBurst) share.noteConnection();
    });
    await Promise.all(pieces);
    return iterations();
  };
  expect(await iterationsOf(true)).toBeGreaterThan(2 * (await iterationsOf(false)));
});
