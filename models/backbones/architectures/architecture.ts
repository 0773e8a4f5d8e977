import {
  input,
  layers,
  model,
  type LayersModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import type { Preprocessing } from '../preprocessing';

/** Where official weights are published, and under which licence. */
export interface WeightSource {
  url: string;
  /** Hash by the publisher, in hexadecimal. Undefined if none is published. */
  md5?: string;
  /** Size of the file, if it is known. */
  bytes?: number;
  licence: string;
}

export interface BuildOptions {
  /** Edge of the square input in pixels. Default: the architecture's own. */
  inputSize?: number;
  /**
   * Initial kernels. Default: zeros, because weights are read from a file afterwards and millions
   * of random numbers take seconds. Choose another one to train from scratch.
   */
  kernelInitializer?: 'zeros' | 'heNormal' | 'glorotUniform';
}

/** A network that we can build, and whose published weights we can read. */
export interface Architecture {
  id: string;
  /** Name for people. */
  name: string;
  inputSize: number;
  preprocessing: Preprocessing;
  /** Channels of the feature map, and values of the embedding. */
  embeddingSize: number;
  /** The layer that outputs the feature map. */
  featureLayer: string;
  source: WeightSource;
  /**
   * Builds the network without its classifier: from preprocessed images [N, S, S, 3] to the feature
   * map.
   */
  build(options?: BuildOptions): LayersModel;
}

/** The base address of the files that Keras publishes. */
export const kerasFiles = 'https://storage.googleapis.com/tensorflow/keras-applications';

/** Appends a layer to a chain, or to several. */
export const after = (
  end: SymbolicTensor | SymbolicTensor[],
  layer: layers.Layer,
): SymbolicTensor => layer.apply(end) as SymbolicTensor;

/** Creates a model that applies the body to a square image of three channels. */
export function imageModel(
  name: string,
  inputSize: number,
  body: (image: SymbolicTensor) => SymbolicTensor,
): LayersModel {
  const image = input({ shape: [inputSize, inputSize, 3] });
  return model({ inputs: image, outputs: body(image), name });
}

/**
 * Pads before a stride of two with a kernel of three, as Keras's `correct_pad` does: one pixel
 * after, and one before only if the size is odd.
 */
export function padBeforeStride(end: SymbolicTensor, name: string): SymbolicTensor {
  const [rows, columns] = end.shape.slice(1).map((size) => size! % 2);
  const padding: [[number, number], [number, number]] = [
    [rows!, 1],
    [columns!, 1],
  ];
  return after(end, layers.zeroPadding2d({ padding, name }));
}
