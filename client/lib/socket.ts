import { createClient } from 'graphql-ws';

const longestWait = 15_000;

/** Doubling waits with jitter: a restarted server is not met by everybody at the same instant. */
export function backoff(attempt: number, random = Math.random): number {
  return Math.min(longestWait, 300 * 2 ** attempt) * (0.5 + random() / 2);
}

const wait = (milliseconds: number) => new Promise<void>((done) => setTimeout(done, milliseconds));

export function createSocket() {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  return createClient({
    url: `${scheme}://${location.host}/graphql`,
    lazy: true,
    lazyCloseTimeout: 3_000,
    // A connection that died silently (sleep, lost network) is noticed by its missing pong.
    keepAlive: 12_000,
    retryAttempts: Infinity,
    shouldRetry: () => true,
    retryWait: (attempt) => wait(backoff(attempt)),
  });
}
