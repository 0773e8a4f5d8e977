import type { Graph, GraphNode } from '../onnx/model';
import { readersOf } from '../onnx/readers';

/** What becomes 8-bit arithmetic, and which values have to be measured for it. */
export interface QuantisationPlan {
  /** Nodes that compute on 8-bit values. */
  nodes: ReadonlySet<GraphNode>;
  /** Values between nodes that are kept in 8 bits. */
  values: ReadonlySet<string>;
}

/** Operators with an 8-bit kernel whose inputs and outputs are all activations. */
const elementwise = new Set(['Add', 'Concat', 'MaxPool', 'AveragePool']);
/** Operators that an 8-bit value's own range expresses: they cost nothing once quantised. */
export const rectifiers = new Set(['Relu', 'Clip']);

/** Whether a node's weights (and bias) are constants of floats, so that they can be quantised. */
function hasConstantWeights(node: GraphNode, constants: ReadonlySet<string>): boolean {
  return node.inputs.slice(1).every((name) => constants.has(name));
}

/**
 * Plans 8-bit arithmetic for the convolutions of a graph and what lies between them. A rectifier
 * that alone reads a convolution is part of it: the value after it is the one that is measured.
 * Anything else stays in float, between conversions.
 */
export function planQuantisation(graph: Graph): QuantisationPlan {
  const readers = readersOf(graph);
  const constants = new Set((graph.initializers ?? []).map(({ name }) => name));
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  const nodes = new Set<GraphNode>();
  const values = new Set<string>();
  for (const node of graph.nodes) {
    const isConvolution = node.operator === 'Conv' && hasConstantWeights(node, constants);
    // A step between convolutions pays only where its inputs are 8-bit already.
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
