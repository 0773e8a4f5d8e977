import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';

/** How often a worker says that its event loop turns. */
const heartbeatMs = 1_000;
const restartMs = 1_000;

export interface WorkerSupervision {
  /** The program, which begins with `startHeartbeat`. */
  file: string;
  env: NodeJS.ProcessEnv;
  logger: Logger;
  /** A worker that is silent for this long is killed and replaced. */
  silenceMs: number;
  /** How long a worker has to end by itself at shutdown. Then it is killed. */
  graceMs: number;
  /** Called when a worker has ended by itself or was killed, before the next one starts. */
  onDeath: () => Promise<unknown>;
}

/** Called in the worker: tells its supervisor regularly that it answers. */
export function startHeartbeat(): void {
  if (!process.send) return;
  const beat = () => process.connected && process.send?.('alive', () => {});
  beat();
  setInterval(beat, heartbeatMs).unref();
}

/**
 * Keeps one worker process running, and replaces one that has ended or does not answer. A worker
 * ends by itself when this process is gone.
 *
 * @returns a function that stops it for good, within `graceMs`
 */
export function superviseWorker(supervision: WorkerSupervision): () => Promise<void> {
  const { logger, onDeath } = supervision;
  let stopping = false;
  let child: ChildProcess;
  const start = () => {
    child = startWorker(supervision);
    child.once('exit', (code, signal) => {
      if (stopping) return;
      logger.error({ code, signal }, 'the worker has ended; another one starts');
      void Promise.all([delay(restartMs), onDeath().catch(() => {})]).then(() => {
        if (!stopping) start();
      });
    });
  };
  start();
  return async () => {
    stopping = true;
    await stop(child, supervision);
  };
}

function startWorker({ file, env, logger, silenceMs }: WorkerSupervision): ChildProcess {
  // Ctrl-C reaches a whole process group, but we stop the worker after the API. Its group also
  // holds the processes that it starts itself.
  const child = fork(file, { env, detached: true });
  const watch = watchHeartbeat(child, silenceMs, () => {
    logger.error({ pid: child.pid, silenceMs }, 'the worker does not answer; it is killed');
    killGroup(child);
  });
  child.once('exit', () => {
    clearInterval(watch);
    // Its child processes must end with it.
    killGroup(child);
  });
  child.on('error', (error) => logger.error({ err: error }, 'the worker process'));
  return child;
}

/**
 * Counts the intervals without a message from the worker. An interval in which this process is busy or
 * the machine sleeps does not count.
 */
function watchHeartbeat(
  child: ChildProcess,
  silenceMs: number,
  onSilence: () => void,
): NodeJS.Timeout {
  let silentTurns = 0;
  child.on('message', () => (silentTurns = 0));
  return setInterval(() => {
    silentTurns++;
    if (silentTurns === Math.ceil(silenceMs / heartbeatMs)) onSilence();
  }, heartbeatMs).unref();
}

async function stop(child: ChildProcess, { graceMs, logger }: WorkerSupervision): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => {
    logger.error({ pid: child.pid, graceMs }, 'the worker does not stop; it is killed');
    killGroup(child);
  }, graceMs);
  await exited.finally(() => clearTimeout(timer));
}

function killGroup(child: ChildProcess): void {
  if (!child.pid) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The group is empty, or the system has no groups.
    child.kill('SIGKILL');
  }
}
