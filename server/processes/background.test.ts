import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { constants, getPriority } from 'node:os';
import { workInBackground } from './background';

const niceness = constants.priority.PRIORITY_BELOW_NORMAL;
const withSessions = existsSync('/proc/self/autogroup') ? test : test.skip;

/** The priority of a whole session, as Linux writes it: `/autogroup-25 nice 0`. */
const ofSession = (pid: number) =>
  Number(readFileSync(`/proc/${pid}/autogroup`, 'utf8').trim().split(' ').pop());

async function inChild(detached: boolean, check: (pid: number) => void): Promise<void> {
  const child: ChildProcess = spawn('sleep', ['60'], { detached });
  await once(child, 'spawn');
  const ended = once(child, 'exit');
  try {
    check(child.pid ?? 0);
  } finally {
    child.kill();
    await ended;
  }
}

test('a process in the background has a lower priority', () =>
  inChild(false, (pid) => {
    workInBackground(pid);
    expect(getPriority(pid)).toBe(niceness);
  }));

withSessions('a process with a session of its own lowers the session (Linux autogroup only)', () =>
  inChild(true, (pid) => {
    workInBackground(pid);
    expect(ofSession(pid)).toBe(niceness);
  }),
);

withSessions('a process leaves the session of others as it is (Linux autogroup only)', () =>
  inChild(false, (pid) => {
    const before = ofSession(process.pid);
    workInBackground(pid);
    expect(ofSession(process.pid)).toBe(before);
  }),
);
