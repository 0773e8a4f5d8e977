import { constants, setPriority } from 'node:os';

/**
 * Lets the other processes of this machine go first when the processors are busy. Threads that the
 * process has started before keep their priority, so call it at the start.
 *
 * @param pid the process, by default this one
 */
export function workInBackground(pid = 0): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // A system that does not allow it runs everything equally.
  }
}
