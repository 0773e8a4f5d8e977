import { fork, type ChildProcess } from 'node:child_process';
import { Worker } from 'node:worker_threads';
import { abortError, ModelInputError, throwIfAborted, type ModelInputErrorCode } from '../errors';

/** Bounds of a task: its input can come from anybody, and decides what the task takes. */
export interface ChildTaskBounds {
  /** Memory of the whole process. */
  memoryBytes: number;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

interface Order {
  input: unknown;
  memoryBytes: number;
}

type Answer =
  | { kind: 'done'; result: unknown }
  | { kind: 'failed'; code: ModelInputErrorCode | undefined; message: string };

/** The task ended because of what its input makes it take, not because of an error. */
export class ChildTaskKilledError extends ModelInputError {}

const killed = (reason: string) => new ChildTaskKilledError('BACKBONE', reason);
const mebibytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;

/** The process ends itself with this signal when it has too much memory. */
const memorySignal = process.platform === 'win32' ? 'SIGKILL' : 'SIGUSR2';

/** A process that reads hostile files must not see passwords. */
function environment(): NodeJS.ProcessEnv {
  const { DATABASE_URL: _, ...others } = process.env;
  return others;
}

function answerOf(child: ChildProcess, memoryBytes: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once('message', (answer: Answer) => {
      if (answer.kind === 'done') resolve(answer.result);
      else
        reject(
          answer.code
            ? new ModelInputError(answer.code, answer.message)
            : new Error(answer.message),
        );
    });
    child.on('error', reject);
    child.once('exit', (code, signal) => {
      if (signal === memorySignal || signal === 'SIGKILL')
        reject(killed(`it needs more than ${mebibytes(memoryBytes)} of memory`));
      else reject(killed(`it ended its process (${signal ?? `status ${code}`})`));
    });
  });
}

/**
 * Runs one task in a process of its own, which is ended when it takes too much memory or time.
 *
 * @param script a compiled file that calls `answerTask`
 * @param input a value that can be cloned
 * @throws the task's error
 * @throws ChildTaskKilledError when the process was ended
 * @throws an `AbortError` at once when the signal fires
 */
export async function runChildTask<T>(
  script: string,
  input: unknown,
  { memoryBytes, timeoutMs, signal }: ChildTaskBounds,
): Promise<T> {
  throwIfAborted(signal);
  const child = fork(script, [], { serialization: 'advanced', env: environment(), execArgv: [] });
  const stop = () => child.kill('SIGKILL');
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(killed(`it takes longer than ${timeoutMs / 1000} seconds`)),
      timeoutMs,
    );
  });
  signal?.addEventListener('abort', stop);
  try {
    const answer = answerOf(child, memoryBytes);
    child.send({ input, memoryBytes } satisfies Order);
    return (await Promise.race([answer, late])) as T;
  } catch (error) {
    if (signal?.aborted) throw abortError(signal);
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
    stop();
  }
}

/** Native code blocks its thread and allocates at once, so another thread looks every few ms. */
const watcher = `
  const { workerData } = require('node:worker_threads');
  setInterval(() => {
    if (process.memoryUsage.rss() > workerData.bytes) process.kill(process.pid, workerData.signal);
  }, 5);`;

/** In the child process: answers its one order, and ends with its parent. */
export function answerTask<I>(handle: (input: I) => Promise<unknown>): void {
  const send = (answer: Answer) => process.send?.(answer);
  process.once('message', ({ input, memoryBytes }: Order) => {
    new Worker(watcher, {
      eval: true,
      workerData: { bytes: memoryBytes, signal: memorySignal },
    }).unref();
    handle(input as I).then(
      (result) => send({ kind: 'done', result }),
      (error: unknown) =>
        send({
          kind: 'failed',
          code: error instanceof ModelInputError ? error.code : undefined,
          message: error instanceof Error ? error.message : String(error),
        }),
    );
  });
  process.once('disconnect', () => process.exit());
}
