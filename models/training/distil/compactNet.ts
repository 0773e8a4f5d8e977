import { ModelInputError } from '../../errors';
import type { Graph, GraphNode, Initializer } from '../../onnx/model';

/** A 1 × 1 convolution: `out × in` kernel, row-major, and one bias per output. */
export interface Pointwise {
  inputs: number;
  outputs: number;
  kernel: Float32Array;
  bias: Float32Array;
}

/** A 3 × 3 depthwise convolution: `channels × 9` kernel. */
export interface Depthwise {
  channels: number;
  stride: number;
  kernel: Float32Array;
  bias: Float32Array;
}

/**
 * An inverted residual block: expand, depthwise, project (Sandler et al. 2018). No other layer
 * reads its inner channels.
 */
export interface InvertedResidual {
  expand?: Pointwise;
  depthwise: Depthwise;
  project: Pointwise;
  /** Whether the block's input is added to its output. */
  residual: boolean;
}

/** A net of inverted residuals with batch normalisation folded into its convolutions. */
export interface CompactNet {
  /** 3 × 3 convolution with stride 2: `channels × 3 × 3 × 3`. */
  stem: { channels: number; kernel: Float32Array; bias: Float32Array };
  blocks: InvertedResidual[];
  /** The last layer. Its ReLU6 output is the feature map, and the spatial mean is the embedding. */
  last: Pointwise;
}

const refuse = (why: string) =>
  new ModelInputError('BACKBONE', `The teacher must be a net like MobileNetV2: ${why}`);

interface Convolution {
  shape: readonly number[];
  kernel: Float32Array;
  bias: Float32Array;
  stride: number;
  output: string;
  input: string;
}

function constants(graph: Graph): (name: string | undefined) => Initializer {
  const byName = new Map((graph.initializers ?? []).map((constant) => [constant.name, constant]));
  return (name) => {
    const constant = byName.get(name ?? '');
    if (!constant) throw refuse(`${name ?? 'a kernel'} is not a constant`);
    return constant;
  };
}

function floats({ name, data }: Initializer): Float32Array {
  if (!(data instanceof Float32Array)) throw refuse(`${name} is not float32`);
  return data;
}

function convolutionsOf(graph: Graph): Convolution[] {
  const constant = constants(graph);
  return graph.nodes
    .filter(({ operator }) => operator === 'Conv')
    .map(({ inputs, outputs, attributes }) => {
      const kernel = constant(inputs[1]);
      const strides = attributes?.['strides'];
      return {
        shape: kernel.shape,
        kernel: floats(kernel),
        bias: floats(constant(inputs[2])),
        stride: Array.isArray(strides) ? Number(strides[0]) : 1,
        input: inputs[0] ?? '',
        output: outputs[0] ?? '',
      };
    });
}

function pointwise({ shape, kernel, bias }: Convolution): Pointwise {
  if (shape[2] !== 1) throw refuse(`a kernel has the shape [${shape.join(', ')}] instead of 1 × 1`);
  return { outputs: shape[0]!, inputs: shape[1]!, kernel, bias };
}

function depthwise({ shape, kernel, bias, stride }: Convolution): Depthwise {
  return { channels: shape[0]!, stride, kernel, bias };
}

const isDepthwise = ({ shape }: Convolution) => shape[1] === 1 && shape[2] === 3;

/** Checks whether a node adds the two values. */
const areAdded = (nodes: readonly GraphNode[], a: string, b: string) =>
  nodes.some(
    ({ operator, inputs }) => operator === 'Add' && inputs.includes(a) && inputs.includes(b),
  );

/**
 * Reads a net of inverted residuals from its ONNX graph.
 *
 * @throws ModelInputError `BACKBONE` if the graph has another structure
 */
export function readCompactNet(graph: Graph): CompactNet {
  const [stem, ...rest] = convolutionsOf(graph);
  const last = rest.pop();
  if (stem?.shape[1] !== 3 || stem.shape[2] !== 3 || !last)
    throw refuse('it does not begin with a 3 × 3 convolution of colours');
  const blocks: InvertedResidual[] = [];
  for (let index = 0; index < rest.length;) {
    const { input } = rest[index]!;
    const expand = isDepthwise(rest[index]!) ? undefined : pointwise(rest[index++]!);
    const [filter, project] = [rest[index++], rest[index++]];
    if (!filter || !isDepthwise(filter) || !project) throw refuse('a block is not complete');
    blocks.push({
      ...(expand && { expand }),
      depthwise: depthwise(filter),
      project: pointwise(project),
      residual: areAdded(graph.nodes, input, project.output),
    });
  }
  return {
    stem: { channels: stem.shape[0]!, kernel: stem.kernel, bias: stem.bias },
    blocks,
    last: pointwise(last),
  };
}

/** Counts the weights and biases. */
export function parameterCount({ stem, blocks, last }: CompactNet): number {
  const parts = blocks.flatMap(({ expand, depthwise: filter, project }) => [
    ...(expand ? [expand] : []),
    filter,
    project,
  ]);
  return [stem, ...parts, last].reduce(
    (sum, { kernel, bias }) => sum + kernel.length + bias.length,
    0,
  );
}
