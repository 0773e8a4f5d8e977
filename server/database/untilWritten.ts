import { setTimeout as delay } from 'node:timers/promises';
import { isLostConnection } from './lostConnection';

const retryMs = 1_000;

/**
 * Repeats a write until the database can be reached. Without it, work that has ended would look as if
 * it still ran.
 *
 * @param signal ends the attempts when this process ends, because another one then takes the work over
 * @throws any error but a lost connection
 */
export async function untilWritten<T>(write: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (signal.aborted || !isLostConnection(error)) throw error;
      await delay(retryMs);
    }
  }
}
