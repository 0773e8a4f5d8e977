import { seededRandom } from '../numeric/random';
import type { CompactNet } from '../training/distil/compactNet';

const random = seededRandom('a compact net');
const floats = (length: number, scale: number) =>
  Float32Array.from({ length }, () => scale * random.normal());
const pointwise = (inputs: number, outputs: number) => ({
  inputs,
  outputs,
  kernel: floats(inputs * outputs, 1.4 / Math.sqrt(inputs)),
  bias: floats(outputs, 0.1),
});
const depthwise = (channels: number, stride: number) => ({
  channels,
  stride,
  kernel: floats(channels * 9, 0.5),
  bias: floats(channels, 0.1),
});

/**
 * A network with random weights and every kind of block: without expansion, with stride, with a
 * residual.
 */
export const tinyCompactNet = (values: number): CompactNet => ({
  stem: { channels: 6, kernel: floats(6 * 27, 0.4), bias: floats(6, 0.1) },
  blocks: [
    { depthwise: depthwise(6, 1), project: pointwise(6, 4), residual: false },
    {
      expand: pointwise(4, 16),
      depthwise: depthwise(16, 2),
      project: pointwise(16, 5),
      residual: false,
    },
    {
      expand: pointwise(5, 16),
      depthwise: depthwise(16, 1),
      project: pointwise(16, 5),
      residual: true,
    },
  ],
  last: pointwise(5, values),
});
