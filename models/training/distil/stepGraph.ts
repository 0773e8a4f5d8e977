import { GraphBuilder } from '../../onnx/builder';
import { floatInfo } from '../../onnx/graphParts';
import type { Attribute, Graph, ValueInfo } from '../../onnx/model';
import type { CompactNet, Depthwise, InvertedResidual, Pointwise } from './compactNet';

/** A value of the graph, with its backward pass. */
interface Step {
  value: string;
  /** Takes the gradient of the value and returns the gradient of its input. */
  backward: (gradient: string) => string;
}

/** A weight. It is an input of the graph with this name. */
export interface Parameter {
  name: string;
  shape: readonly number[];
  /** Name of the output with its gradient; undefined for frozen weights. */
  gradient?: string;
}

const kernelArea = 9;

/** Builds the graph of a compact net's forward pass, its loss and the gradients. */
class StepWriter {
  readonly parameters: Parameter[] = [];
  readonly gradients: (ValueInfo & { value: string })[] = [];
  private readonly builder = new GraphBuilder();
  private readonly zero = this.builder.scalar('zero', 0);
  private readonly six = this.builder.scalar('six', 6);
  private readonly spatialAxes = this.integers('spatial_axes', 0, 2, 3);
  private readonly first = this.integers('first', 0);

  constructor(private readonly count: number) {}

  node(operator: string, inputs: string[], attributes: Record<string, Attribute> = {}): string {
    return this.builder.node(operator, inputs, operator.toLowerCase(), attributes);
  }

  scalar(value: number): string {
    return this.builder.scalar('scalar', value);
  }

  integers(hint: string, ...values: number[]): string {
    return this.builder.constant(hint, [values.length], BigInt64Array.from(values, BigInt));
  }

  /** Reserves a unique name for an input of the graph. */
  input(name: string): string {
    return this.builder.unique(name);
  }

  finish(...args: Parameters<GraphBuilder['finish']>): Graph {
    return this.builder.finish(...args);
  }

  stem(input: string, { channels }: CompactNet['stem']): Step {
    const kernel = this.parameter('stem', channels, 3, 3, 3);
    const bias = this.parameter('stem_b', channels);
    const value = this.convolve(input, kernel, bias, 2, 1);
    const backward = (dy: string) => {
      // With colours and images exchanged, the kernel's gradient is a convolution.
      const transposed = this.node('Transpose', [input], { perm: [1, 0, 2, 3] });
      const filters = this.node('Transpose', [dy], { perm: [1, 0, 2, 3] });
      const attributes = { dilations: [2, 2], pads: [0, 0, 1, 1] };
      const kernelGradient = this.node('Conv', [transposed, filters], attributes);
      this.gradient(kernel, this.node('Transpose', [kernelGradient], { perm: [1, 0, 2, 3] }));
      this.biasGradient(bias, dy);
      return '';
    };
    return this.relu6({ value, backward });
  }

  block(input: string, { expand, depthwise, project, residual }: InvertedResidual, side: number) {
    const expanded = expand && this.relu6(this.pointwise(input, expand));
    const filtered = this.relu6(this.filter(expanded?.value ?? input, depthwise, side));
    const projected = this.pointwise(filtered.value, project);
    const blockBackward = (dy: string) => {
      const blockGradient = filtered.backward(projected.backward(dy));
      return expanded ? expanded.backward(blockGradient) : blockGradient;
    };
    if (!residual) return { value: projected.value, backward: blockBackward };
    return {
      value: this.node('Add', [input, projected.value]),
      backward: (dy: string) => this.node('Add', [dy, blockBackward(dy)]),
    };
  }

  /** Writes the embedding: the spatial mean of the last map of `side` × `side` after ReLU6. */
  pooled(input: string, layer: Pointwise, side: number): Step {
    const map = this.relu6(this.pointwise(input, layer));
    const mean = this.node('GlobalAveragePool', [map.value]);
    return {
      value: this.node('Flatten', [mean], { axis: 1 }),
      backward: (dy) => {
        const shape = this.integers('each', 0, layer.outputs, 1, 1);
        const each = this.node('Reshape', [
          this.node('Div', [dy, this.scalar(side * side)]),
          shape,
        ]);
        const mapShape = this.integers('whole', 1, layer.outputs, side, side);
        return map.backward(this.node('Expand', [each, mapShape]));
      },
    };
  }

  private parameter(hint: string, ...shape: number[]): string {
    const name = this.builder.unique(hint);
    this.parameters.push({ name, shape });
    return name;
  }

  private gradient(name: string, value: string): void {
    const parameter = this.parameters.find((candidate) => candidate.name === name)!;
    parameter.gradient = `d_${name}`;
    const { gradient, shape } = parameter;
    this.gradients.push({ name: gradient, type: 'float32', shape, value });
  }

  private biasGradient(name: string, dy: string): void {
    this.gradient(name, this.node('ReduceSum', [dy, this.spatialAxes], { keepdims: 0 }));
  }

  private convolve(x: string, kernel: string, bias: string, stride: number, group: number): string {
    const strides = [stride, stride];
    return this.node('Conv', [x, kernel, bias], { auto_pad: 'SAME_UPPER', strides, group });
  }

  private pointwise(input: string, { inputs, outputs }: Pointwise): Step {
    const kernel = this.parameter('w', outputs, inputs, 1, 1);
    const bias = this.parameter('b', outputs);
    const value = this.convolve(input, kernel, bias, 1, 1);
    const flat = (x: string, channels: number) =>
      this.node('Reshape', [x, this.integers('flat', 0, channels, -1)]);
    const backward = (dy: string) => {
      const transposedInput = this.node('Transpose', [flat(input, inputs)], { perm: [0, 2, 1] });
      const perImage = this.node('MatMul', [flat(dy, outputs), transposedInput]);
      const sum = this.node('ReduceSum', [perImage, this.first], { keepdims: 0 });
      const shape = this.integers('kernel', outputs, inputs, 1, 1);
      this.gradient(kernel, this.node('Reshape', [sum, shape]));
      this.biasGradient(bias, dy);
      return this.node('Conv', [dy, this.node('Transpose', [kernel], { perm: [1, 0, 2, 3] })]);
    };
    return { value, backward };
  }

  private filter(input: string, { channels, stride }: Depthwise, side: number): Step {
    const kernel = this.parameter('d', channels, 1, 3, 3);
    const bias = this.parameter('b', channels);
    const value = this.convolve(input, kernel, bias, stride, channels);
    const backward = (dy: string) => {
      this.filterGradient(kernel, input, dy, channels, stride, side);
      this.biasGradient(bias, dy);
      return this.filterInputGradient(kernel, dy, channels, stride, side);
    };
    return { value, backward };
  }

  /**
   * Writes the gradient of a depthwise kernel: the sum over images and positions of input ·
   * gradient at each of the nine offsets. It is a convolution of every channel of every image with
   * its own gradient as the kernel.
   */
  private filterGradient(
    kernel: string,
    input: string,
    dy: string,
    channels: number,
    stride: number,
    side: number,
  ): void {
    const { count } = this;
    const each = count * channels;
    const maps = this.node('Reshape', [input, this.integers('maps', 1, each, side, side)]);
    const outputSide = side / stride;
    const filterShape = this.integers('filters', each, 1, outputSide, outputSide);
    const kernels = this.node('Reshape', [dy, filterShape]);
    const pads = stride === 1 ? [1, 1, 1, 1] : [0, 0, 1, 1];
    const dilations = [stride, stride];
    const taps = this.node('Conv', [maps, kernels], { group: each, pads, dilations });
    const shape = this.integers('taps', count, channels, 1, 3, 3);
    const perImage = this.node('Reshape', [taps, shape]);
    this.gradient(kernel, this.node('ReduceSum', [perImage, this.first], { keepdims: 0 }));
  }

  /** Writes the gradient of a depthwise input: a convolution with the kernel rotated by 180°. */
  private filterInputGradient(
    kernel: string,
    dy: string,
    channels: number,
    stride: number,
    side: number,
  ) {
    const flat = this.node('Reshape', [kernel, this.integers('taps', channels, 1, kernelArea)]);
    const reversed = this.node('Slice', [
      flat,
      this.integers('start', kernelArea - 1),
      this.integers('end', -kernelArea - 1),
      this.integers('axis', 2),
      this.integers('step', -1),
    ]);
    const shape = this.integers('kernel', channels, 1, 3, 3);
    const flipped = this.node('Reshape', [reversed, shape]);
    if (stride === 1)
      return this.node('Conv', [dy, flipped], { group: channels, pads: [1, 1, 1, 1] });
    const dilated = this.dilate(dy, channels, side / 2);
    return this.node('Conv', [dilated, flipped], { group: channels, pads: [2, 2, 0, 0] });
  }

  /** Inserts zeros between neighbours: [N, C, s, s] to [N, C, 2s, 2s]. */
  private dilate(value: string, channels: number, side: number): string {
    const separated = this.integers('separated', 0, channels, side, 1, side, 1);
    const pads = this.integers('pads', 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1);
    const padded = this.node('Pad', [this.node('Reshape', [value, separated]), pads]);
    const shape = this.integers('dilated', 0, channels, 2 * side, 2 * side);
    return this.node('Reshape', [padded, shape]);
  }

  /**
   * Writes min(max(x, 0), 6). The gradient passes where the value is strictly between the bounds.
   */
  private relu6({ value, backward }: Step): Step {
    const clipped = this.node('Clip', [value, this.zero, this.six]);
    return {
      value: clipped,
      backward: (dy) => {
        const above = this.node('Greater', [clipped, this.zero]);
        const below = this.node('Less', [clipped, this.six]);
        const unclipped = this.node('And', [above, below]);
        return backward(this.node('Where', [unclipped, dy, this.zero]));
      },
    };
  }
}

/**
 * Adds the loss, the mean of 1 - cosine between the centred embedding and `target`, and its
 * gradient per embedding.
 */
function addLoss(writer: StepWriter, embedding: string, count: number) {
  const target = writer.input('target');
  const axis = writer.integers('axis', 1);
  const sumOf = (value: string) => writer.node('ReduceSum', [value, axis], { keepdims: 1 });
  const centred = writer.node('Sub', [embedding, writer.input('mean')]);
  const squares = sumOf(writer.node('Mul', [centred, centred]));
  const lengths = writer.node('Sqrt', [writer.node('Add', [squares, writer.scalar(1e-6)])]);
  const direction = writer.node('Div', [centred, lengths]);
  const cosine = sumOf(writer.node('Mul', [direction, target]));
  const difference = writer.node('Sub', [writer.node('Mul', [direction, cosine]), target]);
  const scale = writer.node('Mul', [lengths, writer.scalar(count)]);
  return { cosine, gradient: writer.node('Div', [difference, scale]) };
}

/**
 * Builds the graph of one distillation step. Its inputs are `input` [N, S, S, 3], `target`
 * [N, values] with rows of length 1, `mean` [values] and every parameter. Its outputs are `cosine`
 * [N, 1] between each embedding and its target, and the gradient of the mean of 1 - cosine for each
 * parameter that trains.
 *
 * @param inputSize a multiple of 32
 * @param frozen the stem and this many blocks are frozen; at 0 or less all layers train
 */
export function stepGraph(net: CompactNet, inputSize: number, count: number, frozen: number) {
  const writer = new StepWriter(count);
  const image = writer.node('Transpose', [writer.input('input')], { perm: [0, 3, 1, 2] });
  let steps = [writer.stem(image, net.stem)];
  let side = inputSize / 2;
  for (const block of net.blocks) {
    steps.push(writer.block(steps.at(-1)!.value, block, side));
    side /= block.depthwise.stride;
  }
  if (frozen > 0) steps = steps.slice(frozen + 1);
  steps.push(writer.pooled(steps.at(-1)!.value, net.last, side));
  const { cosine, gradient } = addLoss(writer, steps.at(-1)!.value, count);
  steps.reduceRight((dy, step) => step.backward(dy), gradient);
  const inputs = [
    floatInfo('input', count, inputSize, inputSize, 3),
    floatInfo('target', count, net.last.outputs),
    floatInfo('mean', net.last.outputs),
    ...writer.parameters.map(({ name, shape }) => floatInfo(name, ...shape)),
  ];
  const outputs = [{ ...floatInfo('cosine', count, 1), value: cosine }, ...writer.gradients];
  return { graph: writer.finish('distil', inputs, outputs), parameters: writer.parameters };
}
