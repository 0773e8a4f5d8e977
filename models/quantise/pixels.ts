import type { Preprocessing } from '../backbones/preprocessing';
import type { Graph, GraphNode, Initializer } from '../onnx/model';
import { readersOf } from '../onnx/readers';

/** A graph whose first convolution computes on bytes. */
export interface BytesGraph {
  graph: Graph;
  /** The bytes, channels first. */
  planes: string;
  /** The byte that the convolution pads with and subtracts. */
  zeroPoint: number;
}

interface FirstConvolution {
  transpose: GraphNode;
  convolution: GraphNode;
  weights: Initializer;
  bias: Initializer | undefined;
}

/** Finds a Transpose followed by one convolution with constant weights, with no other readers. */
function firstConvolution(graph: Graph): FirstConvolution | undefined {
  const readers = readersOf(graph);
  const constants = new Map((graph.initializers ?? []).map((each) => [each.name, each]));
  const [transpose, ...others] = readers.get(graph.inputs[0]?.name ?? '') ?? [];
  const [convolution, ...more] = readers.get(transpose?.outputs[0] ?? '') ?? [];
  if (!transpose || !convolution || others.length + more.length > 0) return undefined;
  const weights = constants.get(convolution.inputs[1] ?? '');
  const bias = constants.get(convolution.inputs[2] ?? '');
  const fits =
    transpose.operator === 'Transpose' &&
    convolution.operator === 'Conv' &&
    weights?.shape[1] === 3 &&
    (convolution.inputs.length === 2 || bias);
  return fits ? { transpose, convolution, weights, bias } : undefined;
}

/**
 * Returns weights and bias that give the same result on (byte - zeroPoint) as the old ones on
 * preprocessed pixels.
 */
function fold(
  { weights, bias }: FirstConvolution,
  { order, scale, offset }: Preprocessing,
  zeroPoint: number,
): { weights: Float32Array; bias: Float32Array } {
  const [channels = 0] = weights.shape;
  const area = weights.data.length / channels / 3;
  const old = weights.data as Float32Array;
  const folded = new Float32Array(old.length);
  const constant = Float32Array.from(
    (bias?.data as Float32Array | undefined) ?? { length: channels },
    (value) => value || 0,
  );
  for (let out = 0, at = 0; out < channels; out++)
    for (let channel = 0; channel < 3; channel++)
      for (let i = 0; i < area; i++, at++) {
        const to = (out * 3 + order[channel as 0 | 1 | 2]) * area + i;
        folded[to] = old[at]! * scale[channel]!;
        constant[out]! += old[at]! * (offset[channel]! + zeroPoint * scale[channel]!);
      }
  return { weights: folded, bias: constant };
}

/**
 * Folds preprocessing into the first convolution, so that an 8-bit convolution reads decoded bytes.
 * Padding becomes the byte nearest to zero's value, averaged over the channels. Only this is not
 * exactly equal.
 *
 * @returns undefined for a graph that does not begin with a transposed convolution
 */
export function foldPixels(graph: Graph, preprocessing: Preprocessing): BytesGraph | undefined {
  const first = firstConvolution(graph);
  const [input] = graph.inputs;
  if (!first || !input) return undefined;
  const zeros = preprocessing.scale.map((scale, at) => -preprocessing.offset[at]! / scale);
  const mean = zeros.reduce((sum, zero) => sum + zero, 0) / zeros.length;
  const zeroPoint = Math.min(255, Math.max(0, Math.round(mean)));
  const { weights, bias } = fold(first, preprocessing, zeroPoint);
  const names = { weights: `${first.weights.name}_bytes`, bias: `${first.weights.name}_constant` };
  const planes = 'pixels_first';
  const replace = (node: GraphNode): GraphNode => {
    if (node === first.transpose) return { ...node, inputs: ['pixels'], outputs: [planes] };
    if (node !== first.convolution) return node;
    return { ...node, inputs: [planes, names.weights, names.bias] };
  };
  return {
    planes,
    zeroPoint,
    graph: {
      ...graph,
      inputs: [{ ...input, name: 'pixels', type: 'uint8' }],
      nodes: graph.nodes.map(replace),
      initializers: [
        ...(graph.initializers ?? []),
        { name: names.weights, shape: first.weights.shape, data: weights },
        { name: names.bias, shape: [bias.length], data: bias },
      ],
    },
  };
}
