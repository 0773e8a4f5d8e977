import { InferenceSession, Tensor } from 'onnxruntime-node';
import { seededRandom } from '../numeric/random';
import { writeOnnxModel } from '../onnx/model';

/**
 * Projects rows randomly to `width` dimensions, which preserves distances to about ± 1/√width
 * (Johnson & Lindenstrauss 1984). Features with at most `width` dimensions are returned unchanged.
 *
 * @param features rows × dimensions, row-major
 * @returns rows × min(width, dimensions)
 */
export async function projectFeatures(
  features: Float32Array,
  rows: number,
  dimensions: number,
  width: number,
  seed: number,
): Promise<Float32Array> {
  if (dimensions <= width || rows === 0) return features;
  const random = seededRandom(`projection ${seed}`);
  const scale = 1 / Math.sqrt(width);
  const matrix = Float32Array.from({ length: dimensions * width }, () => scale * random.normal());
  const model = writeOnnxModel({
    name: 'projection',
    inputs: [{ name: 'x', type: 'float32', shape: ['n', dimensions] }],
    outputs: [{ name: 'y', type: 'float32', shape: ['n', width] }],
    initializers: [{ name: 'r', shape: [dimensions, width], data: matrix }],
    nodes: [{ operator: 'MatMul', inputs: ['x', 'r'], outputs: ['y'] }],
  });
  const session = await InferenceSession.create(model, { logSeverityLevel: 3 });
  const out = new Float32Array(rows * width);
  try {
    const x = new Tensor('float32', features, [rows, dimensions]);
    await session.run({ x }, { y: new Tensor('float32', out, [rows, width]) });
    return out;
  } finally {
    await session.release();
  }
}

/** Computes the squared Euclidean distance of rows `a` and `b`. */
export function squaredDistance(
  features: Float32Array,
  dimensions: number,
  a: number,
  b: number,
): number {
  let sum = 0;
  for (let i = a * dimensions, j = b * dimensions, end = i + dimensions; i < end; i++, j++) {
    const difference = features[i]! - features[j]!;
    sum += difference * difference;
  }
  return sum;
}
