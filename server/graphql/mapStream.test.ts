import { mapStream } from './mapStream';

interface Source<T> extends AsyncIterableIterator<T> {
  push: (value: T) => void;
  fail: (error: Error) => void;
  finish: () => void;
  returned: boolean;
}

/** A stream of pushed values. Returning it ends a waiting reader. */
function source<T>(): Source<T> {
  const ready: (() => Promise<IteratorResult<T>>)[] = [];
  let wake = () => {};
  const put = (result: () => Promise<IteratorResult<T>>) => {
    ready.push(result);
    wake();
  };
  const finish = () => put(() => Promise.resolve({ done: true, value: undefined }));
  const stream: Source<T> = {
    returned: false,
    push: (value) => put(() => Promise.resolve({ done: false, value })),
    fail: (error) => put(() => Promise.reject(error)),
    finish,
    [Symbol.asyncIterator]: () => stream,
    async next() {
      if (ready.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      return (ready.shift() ?? (() => Promise.reject(new Error('nothing was put'))))();
    },
    return() {
      stream.returned = true;
      finish();
      return Promise.resolve({ done: true, value: undefined });
    },
  };
  return stream;
}

async function collect<T>(stream: AsyncIterableIterator<T>): Promise<T[]> {
  const values: T[] = [];
  for await (const value of stream) values.push(value);
  return values;
}

test('maps in order, leaves undefined out, and ends with its source', async () => {
  const numbers = source<number>();
  for (const value of [1, 2, 3, 4]) numbers.push(value);
  numbers.finish();
  const even = mapStream(numbers, (value) => (value % 2 ? undefined : `n${value}`));
  expect(await collect(even)).toEqual(['n2', 'n4']);
});

test('delivers the first value before anything of the source', async () => {
  const numbers = source<number>();
  numbers.push(1);
  numbers.finish();
  expect(await collect(mapStream(numbers, (value) => value, { first: 0 }))).toEqual([0, 1]);
});

test('ends after the last value and lets go of its source', async () => {
  const numbers = source<number>();
  for (const value of [1, 2, 3]) numbers.push(value);
  const upToTwo = mapStream(numbers, (value) => value, { isLast: (value) => value === 2 });
  expect(await collect(upToTwo)).toEqual([1, 2]);
  expect(numbers.returned).toBe(true);
});

test('a first value can be the last', async () => {
  const numbers = source<number>();
  const only = mapStream(numbers, (value) => value, { first: 9, isLast: () => true });
  expect(await collect(only)).toEqual([9]);
  expect(numbers.returned).toBe(true);
});

test('ends at once when it is returned while it waits', async () => {
  const numbers = source<number>();
  const stream = mapStream(numbers, (value) => value);
  const waiting = stream.next();
  await stream.return?.();
  expect(await waiting).toEqual({ done: true, value: undefined });
  expect(await stream.next()).toEqual({ done: true, value: undefined });
});

test('an error of the source or of the mapping reaches the reader', async () => {
  const numbers = source<number>();
  numbers.fail(new Error('the source broke'));
  numbers.push(1);
  const stream = mapStream(numbers, () => Promise.reject(new Error('the mapping broke')));
  await expect(stream.next()).rejects.toThrow('the source broke');
  await expect(stream.next()).rejects.toThrow('the mapping broke');
});
