/**
 * `trainDeep` and `exportNet` in a process of their own: what a server calls. TensorFlow.js holds its
 * thread for as long as a step takes and never gives memory back; here neither is felt, and a signal
 * ends the training at once, whatever it is doing. The epoch under way is lost, no other: the same
 * call with the same folder goes on.
 *
 * ```ts
 * const { metrics, onnxFile } = await trainApart({
 *   net: { kind: 'fineTune', backbone, from: 'block_13' },
 *   images, classes, options, folder, signal, onProgress,
 * });
 * ```
 */
import { fork, type ChildProcess } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import type { BackboneDescription } from '../../../backbones/metadata';
import { compiledFile } from '../../../compiled';
import {
  abortError,
  ModelInputError,
  throwIfAborted,
  type ModelInputErrorCode,
} from '../../../errors';
import type { DeepProgress } from './progress';
import type { NetRecipe } from '../network/recipe';
import type { Start } from './retrain';
import type { TrainDeepInput, TrainedDeep } from './trainDeep';

type Passed = Pick<TrainDeepInput, 'images' | 'classes' | 'options' | 'engine' | 'cacheBytes'>;

/** What the process is told. */
export interface ChildTrainingOrder extends Passed {
  net: NetRecipe;
  /** Where its files lie: `training.checkpoint` while it trains, then `net.onnx` and `net.weights`. */
  folder: string;
  /** Begin with the weights of an earlier training: its `weightsFile`. */
  start?: { weightsFile: string; shrinkAndPerturb?: Start['shrinkAndPerturb'] } | undefined;
  /** What the ONNX file says of itself. */
  description?: Omit<BackboneDescription, 'preprocessing'> | undefined;
}

export interface TrainInChildProcessInput extends ChildTrainingOrder {
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: DeepProgress) => void) | undefined;
}

export interface ChildTrainingResult extends Pick<
  TrainedDeep,
  'engine' | 'history' | 'epoch' | 'metrics' | 'imagesPerSecond' | 'waitingShare'
> {
  /** As `exportNet` writes it. */
  onnxFile: string;
  /** For `start` of a later training. */
  weightsFile: string;
  /** Between TensorFlow.js and the file, as `exportNet` measures it. */
  difference: number;
}

/** What the process says. */
export type ChildTrainingMessage =
  | { kind: 'progress'; progress: DeepProgress }
  | { kind: 'done'; trained: ChildTrainingResult }
  | { kind: 'failed'; code?: ModelInputErrorCode | undefined; message: string };

/** Resolves with what the process made, or rejects with why it did not. */
function outcome(
  child: ChildProcess,
  input: TrainInChildProcessInput,
): Promise<ChildTrainingResult> {
  return new Promise((resolve, reject) => {
    child.on('message', (message: ChildTrainingMessage) => {
      if (message.kind === 'progress') input.onProgress?.(message.progress);
      else if (message.kind === 'done') resolve(message.trained);
      else
        reject(
          message.code
            ? new ModelInputError(message.code, message.message)
            : new Error(message.message),
        );
    });
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      reject(new Error(`The training's process ended with ${signal ?? `status ${code}`}`)),
    );
  });
}

/**
 * Trains a net in a process of its own and leaves its files in a folder.
 *
 * @throws what `trainDeep` and `exportNet` throw
 * @throws an `AbortError` at once when the signal fires
 */
export async function trainInChildProcess(
  input: TrainInChildProcessInput,
): Promise<ChildTrainingResult> {
  const { signal, onProgress: _, ...order } = input;
  throwIfAborted(signal);
  await mkdir(input.folder, { recursive: true });
  const child = fork(compiledFile(__dirname, 'childProcessMain.js'), [], {
    serialization: 'advanced',
  });
  const stop = () => child.kill('SIGKILL');
  signal?.addEventListener('abort', stop);
  try {
    const trained = outcome(child, input);
    child.send(order satisfies ChildTrainingOrder);
    return await trained;
  } catch (error) {
    if (signal?.aborted) throw abortError(signal);
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
    stop();
  }
}
