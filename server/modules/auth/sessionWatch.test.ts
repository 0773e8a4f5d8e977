import { SessionWatch } from './sessionWatch';

const hash = (text: string) => Buffer.from(text.padEnd(32, '.'));

function watchOf(live: () => Promise<Buffer[]>) {
  jest.useFakeTimers();
  return new SessionWatch({ findLiveSessions: live });
}
afterEach(() => jest.useRealTimers());

test('a session that ends here ends what runs on it, once, and nothing else', () => {
  const sessions = watchOf(() => Promise.resolve([]));
  const ended: string[] = [];
  sessions.watch(hash('ada'), () => ended.push('ada'));
  sessions.watch(hash('bob'), () => ended.push('bob'));
  sessions.end(hash('ada'));
  sessions.end(hash('ada'));
  expect(ended).toEqual(['ada']);
  sessions.stop();
});

test('a session that ended on another server is noticed', async () => {
  const live = [hash('bob')];
  const sessions = watchOf(() => Promise.resolve(live));
  const ended: string[] = [];
  sessions.watch(hash('ada'), () => ended.push('ada'));
  sessions.watch(hash('bob'), () => ended.push('bob'));
  await jest.advanceTimersByTimeAsync(1_000);
  expect(ended).toEqual(['ada']);
  sessions.stop();
});

test('while the database cannot be reached, nobody is cut', async () => {
  const sessions = watchOf(() => Promise.reject(new Error('away')));
  const ended: string[] = [];
  sessions.watch(hash('ada'), () => ended.push('ada'));
  await jest.advanceTimersByTimeAsync(3_000);
  expect(ended).toEqual([]);
  sessions.stop();
});

test('what stopped watching is not called', async () => {
  const asked: number[] = [];
  const sessions = watchOf(() => {
    asked.push(1);
    return Promise.resolve([]);
  });
  const ended: string[] = [];
  sessions.watch(hash('ada'), () => ended.push('ada'))();
  await jest.advanceTimersByTimeAsync(2_000);
  expect([ended, asked]).toEqual([[], []]);
  sessions.stop();
});
