import { requireShape } from '../errors';
import { featureNorm } from '../numeric/features';

export interface NearDuplicateInput {
  /** rows × dimensions, normalised (`normaliseFeatures`). */
  features: Float32Array;
  rows: number;
  dimensions: number;
  /** One per row. */
  labels: Int32Array;
  /** Rows to compare with all others; by default every row. For many labels, pass the new rows. */
  changed?: Int32Array | undefined;
  /** Minimum cosine of near-duplicates, default 0.97. */
  cosine?: number;
}

/** Two near-duplicates with different labels. */
export interface NearDuplicatePair {
  a: number;
  b: number;
  cosine: number;
}

const defaultCosine = 0.97;
const chunkDimensions = 16;

/** Sorts the dimensions by falling variance, so that distances exceed the limit early. */
function dimensionOrder({ features, rows, dimensions }: NearDuplicateInput): Int32Array {
  const sums = new Float64Array(dimensions);
  const squares = new Float64Array(dimensions);
  const step = Math.max(1, Math.floor(rows / 512));
  for (let row = 0; row < rows; row += step)
    for (let j = 0; j < dimensions; j++) {
      const value = features[row * dimensions + j]!;
      sums[j]! += value;
      squares[j]! += value * value;
    }
  const sampledRows = Math.ceil(rows / step);
  const variance = squares.map((square, j) => square / sampledRows - (sums[j]! / sampledRows) ** 2);
  return Int32Array.from(variance.keys()).sort((a, b) => variance[b]! - variance[a]!);
}

function reorder(
  { features, rows, dimensions }: NearDuplicateInput,
  order: Int32Array,
): Float32Array {
  const out = new Float32Array(rows * dimensions);
  for (let start = 0; start < out.length; start += dimensions)
    for (let j = 0; j < dimensions; j++) out[start + j] = features[start + order[j]!]!;
  return out;
}

/**
 * Computes the squared distance, or returns Infinity as soon as a partial sum exceeds the limit.
 */
function distanceWithin(
  features: Float32Array,
  dimensions: number,
  a: number,
  b: number,
  limit: number,
): number {
  let sum = 0;
  let [i, j] = [a * dimensions, b * dimensions];
  for (const end = i + dimensions; i < end;) {
    for (const stop = Math.min(end, i + chunkDimensions); i < stop; i++, j++) {
      const difference = features[i]! - features[j]!;
      sum += difference * difference;
    }
    if (sum > limit) return Infinity;
  }
  return sum;
}

/**
 * Finds all pairs of near-duplicates with different labels, most similar first. The search is
 * exact: it drops a pair once the squared distance over its first dimensions exceeds the limit. The
 * dimensions with the largest variance come first, so a few dozen usually decide. 1,300 rows of
 * 1,280 dimensions take about 0.1 s. For many rows, pass only those that changed.
 *
 * @returns each pair once, with `a` < `b`; rows of zeros match nothing
 * @throws ModelInputError `SHAPE`
 */
export function findConflictingNearDuplicates(input: NearDuplicateInput): NearDuplicatePair[] {
  const { rows, dimensions, labels, changed, cosine = defaultCosine } = input;
  requireShape('Features', input.features, rows, dimensions);
  requireShape('Labels', labels, rows);
  if (rows < 2) return [];
  const features = reorder(input, dimensionOrder(input));
  const limit = 2 * featureNorm ** 2 * (1 - cosine);
  const isZero = (row: number) =>
    features.subarray(row * dimensions, (row + 1) * dimensions).every((value) => value === 0);
  const empty = Uint8Array.from({ length: rows }, (_, row) => (isZero(row) ? 1 : 0));
  const compared = changed ?? Int32Array.from({ length: rows }, (_, row) => row);
  const isCompared = new Uint8Array(rows);
  for (const row of compared) isCompared[row] = 1;
  const pairs: NearDuplicatePair[] = [];
  for (const a of compared) {
    if (empty[a]) continue;
    for (let b = 0; b < rows; b++) {
      // Two rows that are both in `compared` are compared once, by the smaller one.
      if (labels[a] === labels[b] || empty[b] || (b <= a && isCompared[b])) continue;
      const distance = distanceWithin(features, dimensions, a, b, limit);
      if (distance > limit) continue;
      const similarity = 1 - distance / (2 * featureNorm ** 2);
      pairs.push({ a: Math.min(a, b), b: Math.max(a, b), cosine: similarity });
    }
  }
  return pairs.sort((x, y) => y.cosine - x.cosine || x.a - y.a || x.b - y.b);
}
