import { createThrottle } from './throttle';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const timing = { delay: 150, interval: 750 };

it('turns a burst of 1,000 requests over 2 seconds into at most two runs per second', async () => {
  const runs: number[] = [];
  const throttle = createThrottle<string>(() => void runs.push(Date.now()), timing);
  for (let event = 0; event < 1_000; event++) {
    throttle.request(['queue']);
    await jest.advanceTimersByTimeAsync(2);
  }
  await jest.advanceTimersByTimeAsync(2_000);
  expect(runs.length).toBeGreaterThanOrEqual(2);
  expect(runs.length).toBeLessThanOrEqual(4);
});

it('runs after the last request, with all requested items', async () => {
  const runs: string[][] = [];
  const throttle = createThrottle<string>((items) => void runs.push([...items]), timing);
  throttle.request(['queue']);
  throttle.request(['counts', 'queue']);
  await jest.advanceTimersByTimeAsync(200);
  throttle.request(['classes']);
  await jest.advanceTimersByTimeAsync(1_000);
  expect(runs).toEqual([['queue', 'counts'], ['classes']]);
});

it('waits for a slow run before it starts the next', async () => {
  let finish = () => {};
  let runs = 0;
  const throttle = createThrottle<string>(() => {
    runs += 1;
    return new Promise<void>((done) => (finish = done));
  }, timing);
  throttle.request(['queue']);
  await jest.advanceTimersByTimeAsync(200);
  throttle.request(['queue']);
  await jest.advanceTimersByTimeAsync(10_000);
  expect(runs).toBe(1);
  finish();
  await jest.advanceTimersByTimeAsync(1_000);
  expect(runs).toBe(2);
});

it('runs nothing once it is cancelled', async () => {
  let runs = 0;
  const throttle = createThrottle<string>(() => void (runs += 1), timing);
  throttle.request(['queue']);
  throttle.cancel();
  await jest.advanceTimersByTimeAsync(5_000);
  expect(runs).toBe(0);
});
