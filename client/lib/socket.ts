import { createClient } from 'graphql-ws';

const maxWaitMs = 15_000;

/**
 * Returns an exponential delay with jitter, so that clients do not all reconnect at the same time.
 */
export function backoff(attempt: number, random = Math.random): number {
  return Math.min(maxWaitMs, 300 * 2 ** attempt) * (0.5 + random() / 2);
}

const wait = (milliseconds: number) => new Promise<void>((done) => setTimeout(done, milliseconds));

export function createSocket() {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  return createClient({
    url: `${scheme}://${location.host}/graphql`,
    lazy: true,
    lazyCloseTimeout: 3_000,
    // A missing pong reveals a connection that was lost without notice (sleep, network).
    keepAlive: 12_000,
    retryAttempts: Infinity,
    shouldRetry: () => true,
    retryWait: (attempt) => wait(backoff(attempt)),
  });
}
