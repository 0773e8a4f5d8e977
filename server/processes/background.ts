import { readFileSync, writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { parseStat } from './processStat';

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
 * With autogroup (sched(7)), Linux shares the processors first among the sessions, and then among the
 * processes of each session. The priority of a process then counts only within its session. So a
 * process that leads a session also lowers the priority of the whole session.
 */
function lowerSession(pid: number): void {
  const { session } = parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  if (session === pid) writeFileSync(`/proc/${pid}/autogroup`, String(niceness));
}
