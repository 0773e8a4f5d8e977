/**
 * Trains and exports a net in a child process. Servers use this entry point: TensorFlow.js blocks
 * its thread during a step and never returns memory, and a child process can be stopped at once.
 * A stopped training loses only the current epoch. The same call with the same folder continues.
 *
 * ```ts
 * const { metrics, onnxFile } = await trainInChildProcess({
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
import type { WarmStart } from './retrain';
import type { TrainedDeep } from './trainDeep';
import type { TrainDeepInput } from './trainingInput';

type ForwardedInput = Pick<
  TrainDeepInput,
  'images' | 'classes' | 'options' | 'engine' | 'cacheBytes' | 'finishNow'
>;

/** The message that starts a training in the child process. */
export interface ChildTrainingOrder extends ForwardedInput {
  net: NetRecipe;
  /**
   * The output folder: `training.checkpoint` during training, then `net.onnx` and `net.weights`.
   */
  folder: string;
  /** A warm start from the `weightsFile` of an earlier training. */
  start?: { weightsFile: string; shrinkAndPerturb?: WarmStart['shrinkAndPerturb'] } | undefined;
  /** Metadata of the ONNX file. */
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
  /** Path of the file that `exportNet` made. */
  onnxFile: string;
  /** Path of the weights, for `start` of a later training. */
  weightsFile: string;
  /** Difference between TensorFlow.js and the file, as `exportNet` measures it. */
  difference: number;
}

/** The messages of the child process. */
export type ChildTrainingMessage =
  | { kind: 'progress'; progress: DeepProgress }
  | { kind: 'done'; trained: ChildTrainingResult }
  | { kind: 'failed'; code?: ModelInputErrorCode | undefined; message: string };

/** Waits for the result of the child process, or rejects with its error. */
function waitForResult(
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
    child.on('error', reject);
    child.once('exit', (code, signal) =>
      reject(new Error(`The training process ended with ${signal ?? `status ${code}`}`)),
    );
  });
}

/**
 * Trains a net in a child process and writes its files to a folder.
 *
 * @throws the errors of `trainDeep` and `exportNet`
 * @throws an `AbortError` at once when the signal fires
 */
export async function trainInChildProcess(
  input: TrainInChildProcessInput,
): Promise<ChildTrainingResult> {
  const { signal, onProgress: _, ...order } = input;
  await mkdir(input.folder, { recursive: true });
  throwIfAborted(signal);
  const child = fork(compiledFile(__dirname, 'childProcessMain.js'), [], {
    serialization: 'advanced',
  });
  const stop = () => child.kill('SIGKILL');
  signal?.addEventListener('abort', stop);
  try {
    const trained = waitForResult(child, input);
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
