import { readFileSync, writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

const niceness = constants.priority.PRIORITY_BELOW_NORMAL;

/**
 * Lets the other processes of this machine go first when the processors are busy. Threads that the
 * process has started before keep their priority, so call it at the start.
 *
 * @param pid the process, by default this one
 */
export function workInBackground(pid = process.pid): void {
  try {
    setPriority(pid, niceness);
    lowerSession(pid);
  } catch {
    // A system that does not allow it runs everything equally.
  }
}

/**
 * Linux can divide the processors between sessions first, and between the processes of a session
 * second (sched(7), autogroup). The priority of a process counts only within its session, so a
 * process that leads a session of its own lowers that, too.
 */
function lowerSession(pid: number): void {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name stands in brackets and may contain blanks. State, parent, group and session follow.
  const session = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3]);
  if (session === pid) writeFileSync(`/proc/${pid}/autogroup`, String(niceness));
}
