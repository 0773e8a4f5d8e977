import { seededRandom } from '../numeric/random';
import { GraphBuilder } from '../onnx/builder';
import type { Graph } from '../onnx/model';

/** Edge of the input in pixels. */
const size = 8;
const channels = 8;
const side = size - 2;
/** Edge after pooling by 2. */
const pooledSide = side / 2;
const hidden = 12;
export const denseTailEmbedding = 5;

/** Options of `denseTailNet`. */
export interface DenseTailOptions {
  /** Adds nodes between the pooled map and the dense layers, of the same shape. Default: none. */
  between?: (builder: GraphBuilder, pooled: string) => string;
}

/**
 * A backbone for tests with the tail of AlexNet: one convolution over 8 × 8 pixels, its 6 × 6 map
 * of 8 channels as `feature_map`, then pooling, a scale and shift per channel, and two dense layers
 * to an `embedding` of 5 values, which is not the mean of the map.
 */
export function denseTailNet({ between = (_, pooled) => pooled }: DenseTailOptions = {}): Graph {
  const random = seededRandom('dense tail net');
  const builder = new GraphBuilder();
  for (const name of ['input', 'feature_map', 'embedding']) builder.unique(name);
  const weights = (name: string, shape: readonly number[], by = 1) => {
    const length = shape.reduce((product, each) => product * each, 1);
    const data = Float32Array.from({ length }, () => (random.next() - 0.5) * by);
    return builder.constant(name, shape, data);
  };
  const planes = builder.node('Transpose', ['input'], 'planes', { perm: [0, 3, 1, 2] });
  const sums = builder.node('Conv', [planes, weights('kernel', [channels, 3, 3, 3])], 'sums');
  const map = builder.node('Relu', [sums], 'map');
  const window = { kernel_shape: [2, 2], strides: [2, 2] };
  const pooled = between(builder, builder.node('MaxPool', [map], 'pooled', window));
  const scaled = builder.node('Mul', [pooled, weights('scale', [channels, 1, 1], 4)], 'scaled');
  const shifted = builder.node('Add', [scaled, weights('shift', [channels, 1, 1])], 'shifted');
  const flat = builder.node('Flatten', [shifted], 'flat');
  const length = channels * pooledSide ** 2;
  const first = [flat, weights('dense1', [length, hidden]), weights('bias1', [hidden])];
  const rectified = builder.node('Relu', [builder.node('Gemm', first, 'first')], 'rectified');
  const second = [rectified, weights('dense2', [hidden, denseTailEmbedding])];
  const end = builder.node('Gemm', second, 'second');
  return builder.finish(
    'dense-tail-net',
    [{ name: 'input', type: 'float32', shape: ['N', size, size, 3] }],
    [
      { name: 'feature_map', type: 'float32', shape: ['N', channels, side, side], value: map },
      { name: 'embedding', type: 'float32', shape: ['N', denseTailEmbedding], value: end },
    ],
  );
}
