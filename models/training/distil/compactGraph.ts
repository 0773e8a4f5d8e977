import { toHalf } from '../../numeric/float16';
import { GraphBuilder } from '../../onnx/builder';
import type { Graph, Initializer, ValueInfo } from '../../onnx/model';
import type { CompactNet, Depthwise, InvertedResidual, Pointwise } from './compactNet';

/** The precision of stored weights. Half floats are converted once, when the file is loaded. */
export type Precision = 'float32' | 'float16';

const image = (name: string, channels: number): ValueInfo => ({
  name,
  type: 'float32',
  shape: ['N', channels, 'H', 'W'],
});

/** Builds the graph of a compact net from its parts, channels first. */
class CompactWriter {
  private readonly builder = new GraphBuilder();
  private readonly low = this.builder.scalar('zero', 0);
  private readonly high = this.builder.scalar('six', 6);

  constructor(private readonly precision: Precision) {}

  transpose(input: string): string {
    return this.builder.node('Transpose', [input], 'channels_first', { perm: [0, 3, 1, 2] });
  }

  stem(input: string, { channels, kernel, bias }: CompactNet['stem']): string {
    const weights = this.weights('stem', [channels, 3, 3, 3], kernel);
    return this.clip(this.convolve(input, weights, this.weights('stem_b', [channels], bias), 2));
  }

  /** Writes a block. `inner` is the output of its depthwise convolution. */
  block(input: string, block: InvertedResidual): { inner: string; output: string } {
    const expanded = block.expand ? this.clip(this.pointwise(input, block.expand)) : input;
    const inner = this.clip(this.depthwise(expanded, block.depthwise));
    const projected = this.pointwise(inner, block.project);
    const output = block.residual ? this.builder.node('Add', [input, projected], 'sum') : projected;
    return { inner, output };
  }

  last(input: string, layer: Pointwise): { map: string; embedding: string } {
    const map = this.clip(this.pointwise(input, layer));
    const pooled = this.builder.node('GlobalAveragePool', [map], 'pooled');
    return { map, embedding: this.builder.node('Flatten', [pooled], 'flat', { axis: 1 }) };
  }

  finish(...args: Parameters<GraphBuilder['finish']>): Graph {
    return this.builder.finish(...args);
  }

  private weights(hint: string, shape: readonly number[], data: Float32Array): string {
    const stored: Initializer['data'] = this.precision === 'float16' ? toHalf(data) : data;
    const name = this.builder.constant(hint, shape, stored);
    return this.precision === 'float16'
      ? this.builder.node('Cast', [name], `${hint}_wide`, { to: 1 })
      : name;
  }

  private pointwise(input: string, { inputs, outputs, kernel, bias }: Pointwise): string {
    const weights = this.weights('w', [outputs, inputs, 1, 1], kernel);
    return this.convolve(input, weights, this.weights('b', [outputs], bias), 1);
  }

  private depthwise(input: string, { channels, stride, kernel, bias }: Depthwise): string {
    const weights = this.weights('d', [channels, 1, 3, 3], kernel);
    return this.convolve(input, weights, this.weights('b', [channels], bias), stride, channels);
  }

  private convolve(input: string, weights: string, bias: string, stride: number, group = 1) {
    return this.builder.node('Conv', [input, weights, bias], 'conv', {
      auto_pad: 'SAME_UPPER',
      strides: [stride, stride],
      group,
    });
  }

  private clip(input: string): string {
    return this.builder.node('Clip', [input, this.low, this.high], 'relu6');
  }
}

/**
 * Builds the stem: `pixels` [N, S, S, 3] to `x` [N, channels, S/2, S/2], the first block's input.
 */
export function stemGraph(net: CompactNet, inputSize: number): Graph {
  const writer = new CompactWriter('float32');
  const output = writer.stem(writer.transpose('pixels'), net.stem);
  const pixels: ValueInfo = {
    name: 'pixels',
    type: 'float32',
    shape: ['N', inputSize, inputSize, 3],
  };
  return writer.finish('stem', [pixels], [{ ...image('x', net.stem.channels), value: output }]);
}

/** Builds one block: `x` to `inner`, the depthwise output, and `y`, the block's output. */
export function blockGraph(block: InvertedResidual): Graph {
  const writer = new CompactWriter('float32');
  const { inner, output } = writer.block('x', block);
  const inputs = (block.expand ?? { inputs: block.depthwise.channels }).inputs;
  return writer.finish(
    'block',
    [image('x', inputs)],
    [
      { ...image('inner', block.depthwise.channels), value: inner },
      { ...image('y', block.project.outputs), value: output },
    ],
  );
}

/** Builds the complete net as a backbone: `input` to `feature_map` and `embedding`. */
export function netGraph(
  net: CompactNet,
  inputSize: number,
  precision: Precision,
  metadata: Readonly<Record<string, string>> = {},
): Graph {
  const writer = new CompactWriter(precision);
  let value = writer.stem(writer.transpose('input'), net.stem);
  for (const block of net.blocks) value = writer.block(value, block).output;
  const { map, embedding } = writer.last(value, net.last);
  const { outputs: channels } = net.last;
  const side = net.blocks.reduce(
    (s, { depthwise }) => Math.ceil(s / depthwise.stride),
    Math.ceil(inputSize / 2),
  );
  const graph = writer.finish(
    'labelloop-compact',
    [{ name: 'input', type: 'float32', shape: ['N', inputSize, inputSize, 3] }],
    [
      { name: 'feature_map', type: 'float32', shape: ['N', channels, side, side], value: map },
      { name: 'embedding', type: 'float32', shape: ['N', channels], value: embedding },
    ],
  );
  return { ...graph, metadata };
}
