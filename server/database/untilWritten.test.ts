import { QueryRunnerAlreadyReleasedError } from 'typeorm';
import { untilWritten } from './untilWritten';

const lost = () => Object.assign(new Error('gone'), { code: '57P01' });

test('a write is repeated until the database can be reached', async () => {
  let attempts = 0;
  const write = () => (++attempts < 2 ? Promise.reject(lost()) : Promise.resolve('written'));
  expect(await untilWritten(write, new AbortController().signal)).toBe('written');
  expect(attempts).toBe(2);
});

test.each([
  ['the database refuses it', new Error('duplicate key'), new AbortController().signal],
  ['this process ends', lost(), AbortSignal.abort()],
])('a write is not repeated if %s', async (_why, error, signal) => {
  let attempts = 0;
  const write = () => {
    attempts++;
    return Promise.reject(error);
  };
  await expect(untilWritten(write, signal)).rejects.toBe(error);
  expect(attempts).toBe(1);
});

test.each([
  new Error('Connection terminated unexpectedly'),
  new QueryRunnerAlreadyReleasedError(),
  Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }),
  Object.assign(new Error('idle in a transaction'), { code: '25P03' }),
])('%s counts as a lost connection', async (error) => {
  let attempts = 0;
  const write = () => (++attempts < 2 ? Promise.reject(error) : Promise.resolve());
  await untilWritten(write, new AbortController().signal);
  expect(attempts).toBe(2);
});
