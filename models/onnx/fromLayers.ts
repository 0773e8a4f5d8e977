import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { ModelInputError } from '../errors';
import { GraphBuilder, type Value } from './builder';
import { activationLayer, leakyReluLayer, reluLayer, softmaxLayer } from './layers/activation';
import { convolutionLayer } from './layers/convolution';
import { denseLayer } from './layers/dense';
import { normalizationLayer } from './layers/normalization';
import { averagePoolingLayer, globalPoolingLayer, maxPoolingLayer } from './layers/pooling';
import * as shape from './layers/shape';
import { inOrder, traceLayers, type Layer, type LayerCall } from './layers/trace';
import { unsupported, type Translate, type Translation, type Weight } from './layers/translation';
import type { Graph, ValueInfo } from './model';

/** Options of an export. */
export interface ExportOptions {
  name: string;
  /**
   * The file's outputs by name: a tensor of the model, or the name of the layer that produces it.
   */
  outputs: Readonly<Record<string, SymbolicTensor | string>>;
  /** The description in the file (ONNX `metadata_props`). */
  metadata?: Readonly<Record<string, string>>;
}

const translators: Readonly<Record<string, Translate>> = {
  Conv2D: convolutionLayer,
  DepthwiseConv2D: convolutionLayer,
  SeparableConv2D: convolutionLayer,
  BatchNormalization: normalizationLayer,
  Dense: denseLayer,
  Activation: activationLayer,
  ReLU: reluLayer,
  LeakyReLU: leakyReluLayer,
  Softmax: softmaxLayer,
  MaxPooling2D: maxPoolingLayer,
  AveragePooling2D: averagePoolingLayer,
  GlobalAveragePooling2D: globalPoolingLayer('GlobalAveragePool'),
  GlobalMaxPooling2D: globalPoolingLayer('GlobalMaxPool'),
  ZeroPadding2D: shape.zeroPaddingLayer,
  Flatten: shape.reshapeLayer,
  Reshape: shape.reshapeLayer,
  Dropout: shape.identityLayer,
  GaussianNoise: shape.identityLayer,
  GaussianDropout: shape.identityLayer,
  Add: shape.mergeLayer('Add'),
  Multiply: shape.mergeLayer('Mul'),
  Maximum: shape.mergeLayer('Max'),
  Minimum: shape.mergeLayer('Min'),
  Concatenate: shape.concatenateLayer,
};

/**
 * Reads the weights of all layers at once, because not every backend can be read during an await.
 */
async function readWeights(calls: readonly LayerCall[]): Promise<Map<Layer, Weight[]>> {
  const weights = new Map<Layer, Weight[]>();
  for (const { layer } of calls)
    if (!weights.has(layer)) {
      const tensors = layer.getWeights();
      const values = await Promise.all(tensors.map((tensor) => tensor.data<'float32'>()));
      const own = tensors.map((tensor, at) => ({ shape: tensor.shape, data: values[at]! }));
      weights.set(layer, own);
    }
  return weights;
}

/**
 * Counts how many calls read each call. An output counts twice, because it has to stay unchanged.
 */
function countReaders(calls: readonly LayerCall[], ends: readonly LayerCall[]) {
  const readers = new Map<LayerCall, number>();
  for (const read of [...calls.flatMap(({ inputs }) => inputs), ...ends, ...ends])
    readers.set(read, (readers.get(read) ?? 0) + 1);
  return readers;
}

/** Adds the file's one input, channels last, and the value that the layers read. */
function addInput(calls: readonly LayerCall[], builder: GraphBuilder) {
  const inputs = calls.filter(({ className }) => className === 'InputLayer');
  const [call] = inputs;
  if (!call || inputs.length > 1)
    throw new ModelInputError('VALUE', `A model to export has 1 input, not ${inputs.length}`);
  const name = builder.unique('input');
  const info: ValueInfo = { name, type: 'float32', shape: ['N', ...call.shape] };
  // From here on channels are first, the only layout of ONNX Runtime's fast convolutions.
  const first =
    call.shape.length === 3
      ? builder.node('Transpose', [name], 'input/first', { perm: [0, 3, 1, 2] })
      : name;
  return { call, info, value: { name: first, shape: call.shape } };
}

function translate(
  builder: GraphBuilder,
  weights: Map<Layer, Weight[]>,
  readers: Map<LayerCall, number>,
  values: Map<LayerCall, Value>,
): Translation {
  const translation: Translation = {
    builder,
    weights: (call) => weights.get(call.layer) ?? [],
    hasOneReader: (call) => readers.get(call) === 1,
    value: (call) => {
      const known = values.get(call);
      if (known) return known;
      const layer = Object.hasOwn(translators, call.className)
        ? translators[call.className]
        : undefined;
      if (!layer) throw unsupported(call);
      const value = { name: layer(call, translation), shape: call.shape };
      values.set(call, value);
      return value;
    },
  };
  return translation;
}

function tensorOf(model: LayersModel, output: SymbolicTensor | string): SymbolicTensor {
  if (typeof output !== 'string') return output;
  const tensor = model.getLayer(output).output;
  if (!Array.isArray(tensor)) return tensor;
  throw new ModelInputError('VALUE', `Layer ${output} has ${tensor.length} outputs; name a tensor`);
}

const outputShape = ([...size]: readonly number[]): (number | string)[] =>
  size.length === 3 ? ['N', size[2]!, size[0]!, size[1]!] : ['N', ...size];

/**
 * Exports a TensorFlow.js layers model with channels last as an ONNX graph that computes the same
 * in inference. `input` is float32 [N, H, W, C] (or [N, values]). Inside, images have their
 * channels first, and so do outputs with a height and a width: [N, C, h, w]. Batch normalization is
 * folded into the layer before it if nothing else reads that layer. The model is not changed.
 *
 * @throws ModelInputError `VALUE` for a layer, activation or option without a translation, `SHAPE`
 *   for a model without a fixed input size
 */
export async function toOnnx(model: LayersModel, options: ExportOptions): Promise<Graph> {
  const names = Object.keys(options.outputs);
  const tensors = Object.values(options.outputs).map((output) => tensorOf(model, output));
  const ends = traceLayers(tensors);
  const calls = inOrder(ends);
  const builder = new GraphBuilder();
  names.forEach((name) => builder.unique(name));
  const { call, info, value } = addInput(calls, builder);
  const values = new Map([[call, value]]);
  const weights = await readWeights(calls);
  const translation = translate(builder, weights, countReaders(calls, ends), values);
  const outputs = ends.map((end, at) => ({
    name: names[at]!,
    type: 'float32' as const,
    shape: outputShape(end.shape),
    value: translation.value(end).name,
  }));
  const graph = builder.finish(options.name, [info], outputs);
  return options.metadata ? { ...graph, metadata: options.metadata } : graph;
}
