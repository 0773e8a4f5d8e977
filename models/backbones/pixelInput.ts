import type { Graph, GraphNode, Initializer } from '../onnx/model';
import { readersOf } from '../onnx/readers';
import type { Preprocessing } from './preprocessing';

const toChannelsFirst = [0, 3, 1, 2];
const toChannelsLast = [0, 2, 3, 1];

/** Returns the graph's own Transpose to channels first, if nothing else reads the input. */
function ownTranspose(graph: Graph, input: string): GraphNode | undefined {
  const [reader, ...others] = readersOf(graph).get(input) ?? [];
  const perm = reader?.attributes?.['perm'];
  const isTranspose =
    reader?.operator === 'Transpose' &&
    Array.isArray(perm) &&
    toChannelsFirst.every((axis, at) => perm[at] === axis);
  return isTranspose && others.length === 0 ? reader : undefined;
}

/**
 * Moves the preprocessing into the graph: the input becomes decoded bytes, [N, S, S, 3]. The bytes
 * are transposed to channels first before they become floats. That takes a quarter of the memory
 * traffic, and constants per channel are then along the slow axis.
 *
 * @param graph its one input is float32 [N, S, S, 3], preprocessed
 */
export function withPixelInput(graph: Graph, { order, scale, offset }: Preprocessing): Graph {
  const [input] = graph.inputs;
  if (!input || graph.inputs.length !== 1) throw new RangeError('A backbone has one input');
  const own = ownTranspose(graph, input.name);
  const reordered = String(order) !== '0,1,2';
  const perChannel = (name: string, values: readonly number[]): Initializer => ({
    name,
    shape: [1, 3, 1, 1],
    data: Float32Array.from(values),
  });
  const node = (
    operator: string,
    inputs: string[],
    output: string,
    attributes = {},
  ): GraphNode => ({
    operator,
    inputs,
    outputs: [output],
    attributes,
  });
  const planes = reordered ? 'pixels_reordered' : 'pixels_first';
  const firstFloats = own?.outputs[0] ?? 'pixels_normal';
  return {
    ...graph,
    inputs: [{ ...input, name: 'pixels', type: 'uint8' }],
    initializers: [
      ...(graph.initializers ?? []),
      perChannel('pixels_scale', scale),
      perChannel('pixels_offset', offset),
      ...(reordered
        ? [{ name: 'pixels_order', shape: [3], data: BigInt64Array.from(order, BigInt) }]
        : []),
    ],
    nodes: [
      node('Transpose', ['pixels'], 'pixels_first', { perm: toChannelsFirst }),
      ...(reordered ? [node('Gather', ['pixels_first', 'pixels_order'], planes, { axis: 1 })] : []),
      node('Cast', [planes], 'pixels_float', { to: 1 }),
      node('Mul', ['pixels_float', 'pixels_scale'], 'pixels_scaled'),
      node('Add', ['pixels_scaled', 'pixels_offset'], firstFloats),
      ...(own ? [] : [node('Transpose', [firstFloats], input.name, { perm: toChannelsLast })]),
      ...graph.nodes.filter((each) => each !== own),
    ],
  };
}
