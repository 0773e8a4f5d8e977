import { InferenceSession, Tensor } from 'onnxruntime-node';
import { sleepingThreads } from '../engine/sleepingThreads';
import { columnMeans } from '../numeric/features';
import { seededRandom, shuffle } from '../numeric/random';
import { addScaled, dot, scaleInPlace } from '../numeric/vectors';
import { floatInfo } from '../onnx/graphParts';
import { writeOnnxModel } from '../onnx/model';

/** Low-dimensional rows of length 1 (or 0), for comparison by cosine. */
export interface Sketch {
  /** rows × width, row-major. */
  values: Float32Array;
  rows: number;
  width: number;
}

const sketchWidth = 128;
/** Number of rows that the directions are fitted on, at most. */
const maxFittedRows = 4000;
/** Passes over those rows. */
const passes = 3;

/** Builds a graph for `y = xqᵀ - offset` or, to fit the directions, `z = yᵀx`. */
function productModel(dimensions: number, forDirections: boolean): Uint8Array {
  return writeOnnxModel({
    name: 'sketch',
    inputs: [
      floatInfo('x', 'n', dimensions),
      floatInfo('q', 'w', dimensions),
      floatInfo('offset', 'w'),
    ],
    outputs: [forDirections ? floatInfo('z', 'w', dimensions) : floatInfo('y', 'n', 'w')],
    nodes: [
      { operator: 'Gemm', inputs: ['x', 'q'], outputs: ['xq'], attributes: { transB: 1 } },
      { operator: 'Sub', inputs: ['xq', 'offset'], outputs: ['y'] },
      ...(forDirections
        ? [{ operator: 'Gemm', inputs: ['y', 'x'], outputs: ['z'], attributes: { transA: 1 } }]
        : []),
    ],
  });
}

interface Directions {
  /** width × dimensions: orthonormal rows. A direction without variance is zero. */
  axes: Float32Array;
  width: number;
  means: Float32Array;
}

async function openProduct(dimensions: number, forDirections: boolean) {
  const model = productModel(dimensions, forDirections);
  const session = await InferenceSession.create(model, {
    logSeverityLevel: 3,
    extra: sleepingThreads,
  });
  const run = async (
    { axes, width, means }: Directions,
    features: Float32Array,
  ): Promise<Float32Array> => {
    const offset = Float32Array.from({ length: width }, (_, index) =>
      dot(axes.subarray(index * dimensions, (index + 1) * dimensions), means),
    );
    const result = await session.run({
      x: new Tensor('float32', features, [features.length / dimensions, dimensions]),
      q: new Tensor('float32', axes, [width, dimensions]),
      offset: new Tensor('float32', offset, [width]),
    });
    return (forDirections ? result['z'] : result['y'])!.data as Float32Array;
  };
  return { run, release: () => session.release() };
}

/** Orthonormalises rows by Gram-Schmidt, twice for accuracy. A dependent row becomes zero. */
function orthonormalise(axes: Float32Array, width: number, dimensions: number): void {
  const axis = (index: number) => axes.subarray(index * dimensions, (index + 1) * dimensions);
  for (let index = 0; index < width; index++) {
    const current = axis(index);
    const lengthBefore = Math.sqrt(dot(current, current));
    for (let round = 0; round < 2; round++)
      for (let other = 0; other < index; other++)
        addScaled(current, -dot(current, axis(other)), axis(other));
    const length = Math.sqrt(dot(current, current));
    scaleInPlace(current, length > 1e-5 * lengthBefore && length > 1e-12 ? 1 / length : 0);
  }
}

/**
 * Finds the directions of largest variance by subspace iteration (Halko, Martinsson & Tropp 2011).
 */
async function findDirections(
  features: Float32Array,
  rows: number,
  dimensions: number,
  seed: number,
): Promise<Directions> {
  const random = seededRandom(`sketch ${seed}`);
  const allRows = Int32Array.from({ length: rows }, (_, row) => row);
  const drawn =
    rows <= maxFittedRows ? allRows : shuffle(allRows, random).subarray(0, maxFittedRows);
  const sample = rows <= maxFittedRows ? features : takeRows(features, dimensions, drawn);
  const means = Float32Array.from(columnMeans(sample, drawn.length, dimensions));
  const width = Math.min(sketchWidth, dimensions, Math.max(1, drawn.length - 1));
  const axes = Float32Array.from({ length: width * dimensions }, () => random.normal());
  const product = await openProduct(dimensions, true);
  const directions = { axes, width, means };
  try {
    for (let pass = 0; pass < passes; pass++) {
      orthonormalise(axes, width, dimensions);
      axes.set(await product.run(directions, sample));
    }
    orthonormalise(axes, width, dimensions);
  } finally {
    await product.release();
  }
  return directions;
}

/** Copies the given rows, in the given order, into one array. */
export function takeRows(
  features: Float32Array,
  dimensions: number,
  rows: ArrayLike<number>,
): Float32Array {
  const out = new Float32Array(rows.length * dimensions);
  for (let index = 0; index < rows.length; index++) {
    const offset = rows[index]! * dimensions;
    out.set(features.subarray(offset, offset + dimensions), index * dimensions);
  }
  return out;
}

/**
 * Half-whitens the values (divides by the root of the standard deviation), then scales rows to
 * length 1. Full whitening gives noise directions too much weight. Without whitening the first few
 * directions dominate.
 */
function whiten(values: Float32Array, rows: number, width: number): void {
  const squares = new Float64Array(width);
  for (let index = 0; index < values.length; index++)
    squares[index % width]! += values[index]! ** 2;
  const largest = squares.reduce((max, square) => Math.max(max, square), 0);
  const scales = squares.map((s) => (s > 1e-9 * largest ? (s / rows) ** -0.25 : 0));
  for (let row = 0; row < rows; row++) {
    const rowValues = values.subarray(row * width, (row + 1) * width);
    for (let j = 0; j < width; j++) rowValues[j]! *= scales[j]!;
    const length = Math.sqrt(dot(rowValues, rowValues));
    scaleInPlace(rowValues, length > 1e-9 ? 1 / length : 0);
  }
}

/**
 * Projects rows on their 128 directions of largest variance, half-whitened and scaled to length 1.
 * On Caltech-101 the ten nearest rows of a sketch share the row's class more often (0.878) than
 * those of the 1,280 features (0.862), and finding them costs a tenth.
 *
 * @param features rows × dimensions, row-major, normalised
 */
export async function sketchRows(
  features: Float32Array,
  rows: number,
  dimensions: number,
  seed = 1,
): Promise<Sketch> {
  if (rows === 0) return { values: new Float32Array(0), rows, width: Math.min(1, dimensions) };
  const directions = await findDirections(features, rows, dimensions, seed);
  const product = await openProduct(dimensions, false);
  try {
    const values = Float32Array.from(await product.run(directions, features));
    whiten(values, rows, directions.width);
    return { values, rows, width: directions.width };
  } finally {
    await product.release();
  }
}

/** Computes the cosine of two rows of a sketch. */
export function cosine({ values, width }: Sketch, a: number, b: number): number {
  let sum = 0;
  for (let i = a * width, j = b * width, end = i + width; i < end; i++, j++)
    sum += values[i]! * values[j]!;
  return sum;
}
