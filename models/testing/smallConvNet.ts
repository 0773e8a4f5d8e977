import { writeOnnxModel } from '../onnx/model';
import { seededRandom } from '../numeric/random';

const size = 8;
const channels = 8;

/**
 * A backbone for tests, as ONNX bytes: one 3 × 3 convolution with a rectifier over 8 × 8 pixels,
 * its 6 × 6 map of 8 channels as `feature_map`, and the pooled map as `embedding`.
 */
export function smallConvNet(
  layout: 'channels first' | 'channels last',
  pooling: 'GlobalAveragePool' | 'GlobalMaxPool' = 'GlobalAveragePool',
) {
  const random = seededRandom('small conv net');
  const weights = Float32Array.from({ length: channels * 27 }, () => random.next() - 0.5);
  const isLast = layout === 'channels last';
  const first = isLast ? 'map' : 'feature_map';
  const turn = (input: string, output: string, perm: number[]) => ({
    operator: 'Transpose',
    inputs: [input],
    outputs: [output],
    attributes: { perm },
  });
  const side = size - 2;
  return writeOnnxModel({
    name: 'small-conv-net',
    inputs: [{ name: 'input', type: 'float32', shape: ['N', size, size, 3] }],
    outputs: [
      {
        name: 'feature_map',
        type: 'float32',
        shape: isLast ? ['N', side, side, channels] : ['N', channels, side, side],
      },
      { name: 'embedding', type: 'float32', shape: ['N', channels] },
    ],
    initializers: [{ name: 'weights', shape: [channels, 3, 3, 3], data: weights }],
    nodes: [
      turn('input', 'planes', [0, 3, 1, 2]),
      { operator: 'Conv', inputs: ['planes', 'weights'], outputs: ['sums'] },
      { operator: 'Relu', inputs: ['sums'], outputs: [first] },
      ...(isLast ? [turn('map', 'feature_map', [0, 2, 3, 1])] : []),
      { operator: pooling, inputs: [first], outputs: ['pooled'] },
      { operator: 'Flatten', inputs: ['pooled'], outputs: ['embedding'] },
    ],
  });
}
