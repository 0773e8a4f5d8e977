import { seededRandom } from '../numeric/random';
import { graphNode } from '../onnx/graphParts';
import { writeOnnxModel, type Initializer } from '../onnx/model';

const channels = 12;

/**
 * A backbone for tests, as ONNX bytes, with MobileNetV2's parts: a strided convolution with
 * padding, a depthwise one between rectifiers, a residual sum and a batch normalization.
 */
export function residualNet(size: number): Uint8Array {
  const random = seededRandom('residual net');
  const initializers: Initializer[] = [];
  const constant = (name: string, shape: number[], deviation: number, centre = 0): string => {
    const length = shape.reduce((product, each) => product * each, 1);
    const data = Float32Array.from({ length }, () => centre + deviation * random.normal());
    initializers.push({ name, shape, data });
    return name;
  };
  const bounds = ['zero', 'six'].map((name, at) => {
    initializers.push({ name, shape: [], data: Float32Array.of(6 * at) });
    return name;
  });
  const kernel = (group: number, strides: number[]) => ({
    kernel_shape: [3, 3],
    group,
    strides,
    auto_pad: 'SAME_UPPER',
  });
  const bias = (name: string) => constant(name, [channels], 0.3);
  const w1 = constant('w1', [channels, 3, 3, 3], 0.2);
  const w2 = constant('w2', [channels, 1, 3, 3], 0.4);
  const w3 = constant('w3', [channels, channels, 1, 1], 0.3);
  const normal = ['scale', 'shift', 'mean', 'variance'].map((name, at) =>
    constant(name, [channels], 0.05, at % 3 === 0 ? 1 : 0),
  );
  const side = size / 2;
  return writeOnnxModel({
    name: 'residual-net',
    inputs: [{ name: 'input', type: 'float32', shape: ['N', size, size, 3] }],
    outputs: [
      { name: 'feature_map', type: 'float32', shape: ['N', channels, side, side] },
      { name: 'embedding', type: 'float32', shape: ['N', channels] },
    ],
    initializers,
    nodes: [
      graphNode('Transpose', ['input'], ['planes'], { perm: [0, 3, 1, 2] }),
      graphNode('Conv', ['planes', w1, bias('b1')], ['c1'], kernel(1, [2, 2])),
      graphNode('Clip', ['c1', ...bounds], ['a1']),
      graphNode('Conv', ['a1', w2, bias('b2')], ['c2'], kernel(channels, [1, 1])),
      graphNode('BatchNormalization', ['c2', ...normal], ['n2']),
      graphNode('Relu', ['n2'], ['a2']),
      graphNode('Conv', ['a2', w3], ['c3'], { kernel_shape: [1, 1] }),
      graphNode('Add', ['a1', 'c3'], ['sum']),
      graphNode('Conv', ['sum', w3, bias('b4')], ['c4'], { kernel_shape: [1, 1] }),
      graphNode('Relu', ['c4'], ['feature_map']),
      graphNode('GlobalAveragePool', ['feature_map'], ['pooled']),
      graphNode('Flatten', ['pooled'], ['embedding']),
    ],
  });
}
