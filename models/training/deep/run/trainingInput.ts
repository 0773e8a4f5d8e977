import type { TfjsChoice } from '../../../engine/tfjs';
import type { LabelledImage } from '../data/dataLoader';
import type { DeepNet } from '../network/net';
import type { CheckpointStore } from './checkpoint';
import type { TrainingOptions } from './options';
import type { DeepProgress } from './progress';
import type { WarmStart } from './retrain';

/** The images of a training, by their use. */
export interface DeepImages {
  train: readonly LabelledImage[];
  /** Used to choose the best epoch, never trained on. */
  validation?: readonly LabelledImage[] | undefined;
  /** Evaluated once, at the end. */
  test?: readonly LabelledImage[] | undefined;
}

/** The input of `trainDeep`. */
export interface TrainDeepInput {
  net: DeepNet;
  images: DeepImages;
  /** Labels are 0 to classes - 1. */
  classes: number;
  options?: TrainingOptions | undefined;
  /** Weights of an earlier net to start from; by default new weights. */
  start?: WarmStart | undefined;
  /** The TensorFlow.js backend; by default it is chosen. */
  engine?: TfjsChoice | undefined;
  checkpoint?: CheckpointStore | undefined;
  /** Pauses after this epoch. A later call with the same checkpoint continues. */
  untilEpoch?: number | undefined;
  /**
   * Trains no further epoch. The result has the weights of the best epoch in the checkpoint, or of
   * the last one without early stopping.
   */
  finishNow?: boolean | undefined;
  /** The parts of `images` to evaluate at the end, by default all. */
  measure?: readonly (keyof DeepImages)[] | undefined;
  /** Bytes of decoded images to cache between epochs, default 512 MiB. */
  cacheBytes?: number | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: DeepProgress) => void) | undefined;
}
