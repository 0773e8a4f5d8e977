import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { Preprocessing } from '../../../backbones/preprocessing';
import type { TrainingOptions } from '../run/options';
import type { Stem } from '../data/stem';

/** A net that can be trained: what it takes, and how it is built. */
export interface DeepNet {
  /** What checkpoints and reports call it; two nets of one id have the same layers. */
  id: string;
  /** Edge of the square input in pixels. */
  inputSize: number;
  preprocessing: Preprocessing;
  /** What training does unless it is told otherwise. */
  defaults?: TrainingOptions | undefined;
  /**
   * Builds the net for so many classes, its fresh layers drawn from the seed. On the backend that
   * TensorFlow.js computes with at this moment.
   */
  build(classes: number, seed: number): Promise<BuiltNet>;
}

/** A net in memory; `dispose` frees its weights. */
export interface BuiltNet {
  /** Preprocessed images [N, S, S, 3] to logits [N, classes]: the whole of it. */
  model: LayersModel;
  /** The layers that stay as they are, up to what `trained` reads; undefined where all train. */
  stem: Stem | undefined;
  /** The layers that train, on preprocessed images or on what the stem gives. */
  trained: LayersModel;
  /** The last feature map [N, h, w, C], for explanations. */
  featureMap: SymbolicTensor;
  /** What the last dense layer reads: [N, D]. */
  embedding: SymbolicTensor;
  dispose(): void;
}
