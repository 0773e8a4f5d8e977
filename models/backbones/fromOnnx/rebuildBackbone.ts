import { dispose, tensor } from '@tensorflow/tfjs-core';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { ModelInputError } from '../../errors';
import type { Graph } from '../../onnx/model';
import { readOnnxModel } from '../../onnx/read';
import { architectureOf, architectures } from '../architectures';
import type { Architecture } from '../architectures/architecture';
import { readDescription } from '../metadata';
import { convolutionsOf, fileShape, modelConvolutions } from './convolutions';
import type { FoldedConvolution, ModelConvolution } from './convolutions';

type Pairs = { own: ModelConvolution; saved: FoldedConvolution }[];

/**
 * Pairs a file's convolutions with a model's: by our own names, or in order for files of other
 * exporters.
 */
function pair(model: LayersModel, saved: Map<string, FoldedConvolution>): Pairs | undefined {
  const own = modelConvolutions(model);
  const inFileOrder = [...saved.values()];
  const named = (each: ModelConvolution) => saved.get(`${each.call.layer.name}/kernel`);
  const byName = own.every(named);
  const pairs = own.map((each, at) => ({
    own: each,
    saved: byName ? named(each) : inFileOrder[at],
  }));
  const fits = pairs.every(
    (each) => each.saved && each.saved.kernel.shape.join() === fileShape(each.own).join(),
  );
  return fits && own.length === saved.size ? (pairs as Pairs) : undefined;
}

/** Returns a kernel of a file in TensorFlow.js's order. */
function kernelOf({ call }: ModelConvolution, { kernel }: FoldedConvolution): Float32Array {
  const [outputs, inputs, height, width] = kernel.shape as [number, number, number, number];
  const area = height * width;
  const data = new Float32Array(kernel.data.length);
  if (call.className === 'DepthwiseConv2D') {
    for (let at = 0; at < area; at++)
      for (let o = 0; o < outputs; o++) data[at * outputs + o] = kernel.data[o * area + at]!;
    return data;
  }
  for (let o = 0; o < outputs; o++)
    for (let i = 0; i < inputs; i++)
      for (let at = 0; at < area; at++)
        data[(at * inputs + i) * outputs + o] = kernel.data[(o * inputs + i) * area + at]!;
  return data;
}

function setWeights(layer: layers.Layer, value: (name: string, length: number) => Float32Array) {
  const values = layer.weights.map(({ originalName, shape }) => {
    const length = (shape as number[]).reduce((product, size) => product * size, 1);
    const name = originalName.slice(originalName.lastIndexOf('/') + 1);
    return tensor(value(name, length), shape as number[], 'float32');
  });
  layer.setWeights(values);
  dispose(values);
}

/**
 * Sets the kernel in the convolution, and the bias in its normalization, which then does nothing
 * else.
 */
function assign({ own, saved }: Pairs[number]): void {
  const { normalization } = own;
  setWeights(own.call.layer, (name, length) => {
    if (name.includes('kernel')) return kernelOf(own, saved);
    return normalization ? new Float32Array(length) : saved.bias;
  });
  if (!normalization) return;
  const { epsilon } = normalization.layer.getConfig();
  const identity: Record<string, number> = {
    gamma: 1,
    moving_mean: 0,
    moving_variance: 1 - Number(epsilon),
  };
  setWeights(normalization.layer, (name, length) =>
    name === 'beta' ? saved.bias : new Float32Array(length).fill(identity[name]!),
  );
}

function sizeOf({ inputs }: Graph): number {
  const size = inputs[0]?.shape[1];
  if (typeof size === 'number') return size;
  throw new ModelInputError('BACKBONE', 'The file does not say the size of its input');
}

/** Returns the architecture that a file names, or all of ours. */
function candidatesFor(graph: Graph): readonly Architecture[] {
  const { architecture } = readDescription(graph.metadata);
  if (architecture === undefined) return architectures;
  const named = architectureOf(architecture);
  if (named) return [named];
  throw new ModelInputError('BACKBONE', `There is no architecture ${architecture} here`);
}

/** A backbone of one of our architectures as a model that TensorFlow.js can run and train. */
export interface RebuiltBackbone {
  architecture: Architecture;
  /** Maps preprocessed images to the feature map. */
  model: LayersModel;
}

/**
 * Rebuilds the TensorFlow.js model of a backbone's ONNX file with its weights. The file is one that
 * we wrote (its metadata names the architecture) or one of the same structure from another
 * exporter. Batch normalization is folded into the convolutions of such files, so the model's own
 * normalization becomes an identity with a bias. Keep it frozen in training, as fine-tuning does.
 *
 * @throws ModelInputError `BACKBONE` for a file of an unknown architecture, or a quantised one
 */
export function rebuildBackbone(file: Uint8Array): RebuiltBackbone {
  const graph = readOnnxModel(file);
  const saved = convolutionsOf(graph);
  const inputSize = sizeOf(graph);
  for (const architecture of candidatesFor(graph)) {
    const model = architecture.build({ inputSize });
    const pairs = pair(model, saved);
    if (pairs) {
      pairs.forEach(assign);
      return { architecture, model };
    }
    model.dispose();
  }
  throw new ModelInputError(
    'BACKBONE',
    `The file's ${saved.size} convolutions match no architecture that can be rebuilt ` +
      `(${architectures.map(({ id }) => id).join(', ')})`,
  );
}
