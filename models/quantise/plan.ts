import type { Graph, GraphNode } from '../onnx/model';
import { readersOf } from '../onnx/readers';

/** The part of a graph that becomes 8-bit arithmetic, and the values to measure for it. */
export interface QuantisationPlan {
  /** Nodes that compute on 8-bit values. */
  nodes: ReadonlySet<GraphNode>;
  /** Values between nodes that are kept in 8 bits. */
  values: ReadonlySet<string>;
}

/** Operators with an 8-bit kernel whose inputs and outputs are all activations. */
const elementwise = new Set(['Add', 'Concat', 'MaxPool', 'AveragePool']);
/** Operators that the range of an 8-bit value expresses. They cost nothing after quantisation. */
export const rectifiers = new Set(['Relu', 'Clip']);

/** Whether a node's weights (and bias) are float constants, so that they can be quantised. */
function hasConstantWeights(node: GraphNode, constants: ReadonlySet<string>): boolean {
  return node.inputs.slice(1).every((name) => constants.has(name));
}

/**
 * Plans 8-bit arithmetic for the convolutions of a graph and the nodes between them. A rectifier
 * that is the only reader of a convolution belongs to it: the value after it is measured.
 * Everything else stays in float, between conversions.
 */
export function planQuantisation(graph: Graph): QuantisationPlan {
  const readers = readersOf(graph);
  const constants = new Set((graph.initializers ?? []).map(({ name }) => name));
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  const nodes = new Set<GraphNode>();
  const values = new Set<string>();
  for (const node of graph.nodes) {
    const isConvolution = node.operator === 'Conv' && hasConstantWeights(node, constants);
    // A node between convolutions is worth it only if its inputs are already in 8 bits.
    const goesOn = elementwise.has(node.operator) && node.inputs.every((name) => values.has(name));
    if (!isConvolution && !goesOn) continue;
    nodes.add(node);
    for (const input of isConvolution ? node.inputs.slice(0, 1) : node.inputs) values.add(input);
    const [output = ''] = node.outputs;
    const [reader, ...others] = readers.get(output) ?? [];
    const rectified =
      reader && others.length === 0 && rectifiers.has(reader.operator) && !outputs.has(output);
    values.add((rectified ? reader.outputs[0] : undefined) ?? output);
  }
  return { nodes, values };
}
