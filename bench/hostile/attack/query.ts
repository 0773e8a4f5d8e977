import { setTimeout as delay } from 'node:timers/promises';
import type { Payload } from '../queries';
import { isRateLimited, send, verdictOf, verdictOfError, type Access, type Message } from './http';
import type { Verdict } from './result';
import { flood, operate, trickle } from './sockets';

const attempts = 4;

export type Transport = 'http' | 'websocket';

/** Sends one hostile query. */
export function attack(access: Access, payload: Payload, transport: Transport): Promise<Verdict> {
  if (payload.kind === 'sockets') return flood(access, payload);
  if (payload.kind === 'slow') return trickle(access, payload);
  if (payload.kind === 'request') return exchange(access, payload);
  if (transport === 'websocket') return operate(access, payload);
  const { query, variables, operationName } = payload;
  return exchange(access, {
    method: 'POST',
    path: '/graphql',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables, operationName }),
  });
}

/** Repeats a request that met a limit of rate, so that its content is tested as well. */
async function exchange(access: Access, message: Message): Promise<Verdict> {
  const since = performance.now();
  try {
    for (let attempt = 1; ; attempt++) {
      const answer = await send(access, message);
      if (attempt === attempts || !isRateLimited(answer)) return verdictOf(answer);
      await delay(300 * attempt);
    }
  } catch (error) {
    return verdictOfError(error, performance.now() - since);
  }
}
