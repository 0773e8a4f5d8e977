import { requireShape } from '../errors';
import { featureNorm } from '../numeric/features';

export interface NearDuplicateInput {
  /** rows × dimensions, normalised (`normaliseFeatures`). */
  features: Float32Array;
  rows: number;
  dimensions: number;
  /** One per row. */
  labels: Int32Array;
  /** Rows to compare with all others; by default every row. With 100,000 labels: the new ones. */
  changed?: Int32Array | undefined;
  /** Cosine from which two images are nearly the same, default 0.97. */
  cosine?: number;
}

/** Two images that are nearly the same and have different labels. */
export interface NearDuplicatePair {
  a: number;
  b: number;
  cosine: number;
}

const defaultCosine = 0.97;
const chunk = 16;

/** Dimensions with the most variance first: there two rows part soonest. */
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
  const taken = Math.ceil(rows / step);
  const variance = squares.map((square, j) => square / taken - (sums[j]! / taken) ** 2);
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

/** The squared distance, or Infinity as soon as a part of it is above the limit. */
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
    for (const stop = Math.min(end, i + chunk); i < stop; i++, j++) {
      const difference = features[i]! - features[j]!;
      sum += difference * difference;
    }
    if (sum > limit) return Infinity;
  }
  return sum;
}

/**
 * All pairs of nearly the same image with different labels, most alike first. Exact: a pair is given
 * up once the part of its squared distance over some dimensions is above the whole that is allowed,
 * which with the most varied dimensions first is after a few dozen. About 0.1 s for 1,300 rows of
 * 1,280 dimensions; for very many rows hand in those that changed.
 *
 * @returns each pair once, `a` < `b`; rows without features (all zero) match nothing
 * @throws ModelInputError `SHAPE`
 */
export function findConflictingNearDuplicates(input: NearDuplicateInput): NearDuplicatePair[] {
  const { rows, dimensions, labels, changed, cosine = defaultCosine } = input;
  requireShape('Features', input.features, rows, dimensions);
  requireShape('Labels', labels, rows);
  if (rows < 2) return [];
  const features = reorder(input, dimensionOrder(input));
  const limit = 2 * featureNorm ** 2 * (1 - cosine);
  const isZero = (row: number) => features.subarray(row * dimensions, (row + 1) * dimensions).every((value) => value === 0); // prettier-ignore
  const empty = Uint8Array.from({ length: rows }, (_, row) => (isZero(row) ? 1 : 0));
  const asked = changed ?? Int32Array.from({ length: rows }, (_, row) => row);
  const isAsked = new Uint8Array(rows);
  for (const row of asked) isAsked[row] = 1;
  const found: NearDuplicatePair[] = [];
  for (const a of asked) {
    if (empty[a]) continue;
    for (let b = 0; b < rows; b++) {
      // Of two rows that are both asked about, the smaller one compares.
      if (labels[a] === labels[b] || empty[b] || (b <= a && isAsked[b])) continue;
      const distance = distanceWithin(features, dimensions, a, b, limit);
      if (distance <= limit)
        found.push({ a: Math.min(a, b), b: Math.max(a, b), cosine: 1 - distance / (2 * featureNorm ** 2) }); // prettier-ignore
    }
  }
  return found.sort((x, y) => y.cosine - x.cosine || x.a - y.a || x.b - y.b);
}
