import { constants, setPriority } from 'node:os';

/**
 * Lets the other processes of this machine go first when the processors are busy. Threads that this
 * process has started before keep their priority, so call it at the start.
 */
export function workInBackground(): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // A system that does not allow it runs everything equally.
  }
}
