import {
  input,
  layers,
  model,
  type LayersModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import type { Preprocessing } from '../preprocessing';

/** Where official weights lie, and under which terms. */
export interface WeightSource {
  url: string;
  /** As the publisher gives it, in hexadecimal; undefined where none is published. */
  md5?: string;
  /** Size of the file where it is known. */
  bytes?: number;
  licence: string;
}

export interface BuildOptions {
  /** Edge of the square input in pixels; the architecture's own by default. */
  inputSize?: number;
  /**
   * What kernels begin with. Zeros by default, for weights are read from a file afterwards and
   * random numbers by the million take seconds; name another one to train from scratch.
   */
  kernelInitializer?: 'zeros' | 'heNormal' | 'glorotUniform';
}

/** A network that we can build, and whose published weights we can read. */
export interface Architecture {
  id: string;
  /** What people read. */
  name: string;
  inputSize: number;
  preprocessing: Preprocessing;
  /** Channels of the feature map, values of the embedding. */
  embeddingSize: number;
  /** The layer that gives the feature map. */
  featureLayer: string;
  source: WeightSource;
  /** The network without its classifier: [N, S, S, 3], preprocessed, to its feature map. */
  build(options?: BuildOptions): LayersModel;
}

/** The base address of the files that Keras publishes. */
export const kerasFiles = 'https://storage.googleapis.com/tensorflow/keras-applications';

/** Adds a layer to the end of a chain or of several. */
export const after = (
  end: SymbolicTensor | SymbolicTensor[],
  layer: layers.Layer,
): SymbolicTensor => layer.apply(end) as SymbolicTensor;

/** A model from a square image of three channels to what the body makes of it. */
export function imageModel(
  name: string,
  inputSize: number,
  body: (image: SymbolicTensor) => SymbolicTensor,
): LayersModel {
  const image = input({ shape: [inputSize, inputSize, 3] });
  return model({ inputs: image, outputs: body(image), name });
}

/**
 * Keras's `correct_pad` before a stride of two with a kernel of three: what TensorFlow's own
 * training added, one after, and one before only where the size is odd.
 */
export function padBeforeStride(end: SymbolicTensor, name: string): SymbolicTensor {
  const [rows, columns] = end.shape.slice(1).map((size) => size! % 2);
  const padding: [[number, number], [number, number]] = [
    [rows!, 1],
    [columns!, 1],
  ];
  return after(end, layers.zeroPadding2d({ padding, name }));
}
