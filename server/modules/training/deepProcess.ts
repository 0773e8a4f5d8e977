import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DeepMessage } from './deepTask';

const compiled = 'deepTraining.process.js';

/** The compiled program: beside this file, or in dist/ where this file is not compiled itself. */
function programFile(): string {
  const beside = join(__dirname, compiled);
  if (existsSync(beside)) return beside;
  return join(__dirname, '..', '..', '..', 'dist', 'server', 'modules', 'training', compiled);
}

/**
 * Trains in a process of its own: TensorFlow.js holds its thread for a batch at a time, and a process can be
 * ended between two instructions. It ends by itself when this one is gone.
 *
 * @throws the signal's reason as soon as it fires; an Error when the process ends without a last word
 */
export async function trainInProcess(
  taskFile: string,
  signal: AbortSignal,
  onMessage: (message: DeepMessage) => void,
): Promise<void> {
  signal.throwIfAborted();
  const child = fork(programFile(), [taskFile], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const kill = () => child.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  let isTold = false;
  child.on('message', (message) => {
    isTold ||= (message as DeepMessage).type !== 'progress';
    onMessage(message as DeepMessage);
  });
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, killedBy) => {
        if (signal.aborted) reject(signal.reason as Error);
        else if (isTold) resolve();
        else reject(new Error(`The training process ended by itself (${killedBy ?? code}).`));
      });
    });
  } finally {
    signal.removeEventListener('abort', kill);
  }
}
