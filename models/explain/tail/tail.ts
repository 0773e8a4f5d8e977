import { ModelInputError } from '../../errors';
import type { Graph, GraphNode, Initializer } from '../../onnx/model';

/** The part of a backbone between `feature_map` and `embedding`. */
export interface Tail {
  /** Each after the nodes whose outputs it reads. */
  nodes: readonly GraphNode[];
  /** Inputs of the nodes that are equal for every image. */
  constants: ReadonlyMap<string, Initializer>;
}

/** Returns a `Constant` node's value as an initializer. */
function constantOf({ attributes = {} }: GraphNode, name: string): Initializer | undefined {
  const {
    value,
    value_float: float,
    value_floats: floats,
    value_int: int,
    value_ints: ints,
  } = attributes;
  const flat = (data: Initializer['data']) => ({ name, shape: [data.length], data });
  if (typeof value === 'object' && 'tensor' in value) return { ...value.tensor, name };
  if (typeof float === 'object' && 'float' in float)
    return { name, shape: [], data: Float32Array.of(float.float) };
  if (typeof floats === 'object' && 'floats' in floats)
    return flat(Float32Array.from(floats.floats));
  if (typeof int === 'number') return { name, shape: [], data: Int32Array.of(int) };
  return Array.isArray(ints) ? flat(Int32Array.from(ints as number[])) : undefined;
}

function constantsOf({ initializers = [], nodes }: Graph): Map<string, Initializer> {
  const constants = new Map(initializers.map((constant) => [constant.name, constant]));
  for (const node of nodes) {
    const [output = ''] = node.outputs;
    const constant = node.operator === 'Constant' ? constantOf(node, output) : undefined;
    if (constant) constants.set(output, constant);
  }
  return constants;
}

/**
 * Reverses a map that is only a copy, perhaps with its channels last, of the value that the
 * embedding is computed from. Read in reverse, that value is computed from the map.
 */
function turned(node: GraphNode | undefined): GraphNode | undefined {
  const { operator, inputs = [], outputs = [] } = node ?? {};
  const swapped = { inputs: [...outputs], outputs: inputs.slice(0, 1) };
  if (operator === 'Identity') return { operator, ...swapped };
  const perm = node?.attributes?.['perm'];
  if (operator !== 'Transpose' || !Array.isArray(perm)) return undefined;
  const inverse = perm.map((_, axis) => perm.indexOf(axis));
  return { operator, ...swapped, attributes: { perm: inverse } };
}

/**
 * Finds the nodes that a value depends on, in the graph's order, and the values that none of them
 * produces.
 */
function nodesTo(end: string, nodes: readonly GraphNode[], known: ReadonlySet<string>) {
  const producers = new Map<string, GraphNode>();
  for (const node of nodes)
    for (const output of node.outputs) if (!producers.has(output)) producers.set(output, node);
  const [needed, open, seen] = [new Set<GraphNode>(), new Set<string>(), new Set([''])];
  const waiting = [end];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const producer = known.has(name) ? undefined : producers.get(name);
    if (producer) {
      needed.add(producer);
      waiting.push(...producer.inputs);
    } else open.add(name);
  }
  return { nodes: nodes.filter((node) => needed.has(node)), open };
}

const embedding = 'embedding';
const featureMap = 'feature_map';

/**
 * Extracts the part of a backbone's graph that computes `embedding` from `feature_map`.
 *
 * @throws ModelInputError `BACKBONE` if the embedding depends on more than the map
 */
export function tailOf(graph: Graph): Tail {
  const all = constantsOf(graph);
  const known = new Set([featureMap, ...all.keys()]);
  const aroundOf = ({ open }: { open: ReadonlySet<string> }) =>
    [...open].find((name) => name !== featureMap && !all.has(name));
  let cut = nodesTo(embedding, graph.nodes, known);
  const copy = turned(graph.nodes.find(({ outputs }) => outputs.includes(featureMap)));
  if (aroundOf(cut) !== undefined && copy) cut = nodesTo(embedding, [copy, ...graph.nodes], known);
  const around = aroundOf(cut);
  if (around !== undefined || !cut.open.has(featureMap))
    throw new ModelInputError(
      'BACKBONE',
      'The backbone’s output `embedding` does not come from its output `feature_map` alone' +
        (around === undefined ? '' : `: it is reached from \`${around}\` around that`),
    );
  const constants = [...cut.open].flatMap((name) => all.get(name) ?? []);
  return { nodes: cut.nodes, constants: new Map(constants.map((each) => [each.name, each])) };
}
