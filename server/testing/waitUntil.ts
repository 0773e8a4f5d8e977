import { setTimeout as delay } from 'node:timers/promises';

/** Resolves as soon as the condition holds; the test's own time limit is the patience. */
export async function waitUntil(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(20);
}
