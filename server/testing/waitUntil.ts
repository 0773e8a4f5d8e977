import { setTimeout as delay } from 'node:timers/promises';

/** Resolves when the condition holds. The test's own time limit applies. */
export async function waitUntil(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(20);
}
