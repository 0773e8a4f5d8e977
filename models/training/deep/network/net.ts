import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { Preprocessing } from '../../../backbones/preprocessing';
import type { TrainingOptions } from '../run/options';
import type { Stem } from '../data/stem';

/** The description of a net that can be trained. */
export interface DeepNet {
  /** Id in checkpoints and reports. Two nets with one id have the same layers. */
  id: string;
  /** Side of the square input in pixels. */
  inputSize: number;
  preprocessing: Preprocessing;
  /** Default training options. */
  defaults?: TrainingOptions | undefined;
  /**
   * Builds the net for a number of classes on the current backend of TensorFlow.js. New layers are
   * initialised from the seed.
   */
  build(classes: number, seed: number): Promise<BuiltNet>;
}

/** A net in memory; `dispose` frees its weights. */
export interface BuiltNet {
  /** The complete net: preprocessed images [N, S, S, 3] to logits [N, classes]. */
  model: LayersModel;
  /** The frozen layers before `trainable`; undefined if all layers train. */
  stem: Stem | undefined;
  /** The layers that train. Their input is preprocessed images or the stem's features. */
  trainable: LayersModel;
  /** The last feature map [N, h, w, C], for Grad-CAM. */
  featureMap: SymbolicTensor;
  /** The input of the last dense layer: [N, D]. */
  embedding: SymbolicTensor;
  dispose(): void;
}
