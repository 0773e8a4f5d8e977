import { ModelInputError } from '../../errors';

/** Sums over rows of a regression of `outputs` values on `inputs` values. */
export interface Moments {
  inputs: number;
  outputs: number;
  rows: number;
  /** inputs × inputs: Σ (x - x̄)(x - x̄)ᵀ. */
  covariance: Float64Array;
  /** inputs × outputs: Σ (x - x̄)(y - ȳ)ᵀ. */
  cross: Float64Array;
  meanInput: Float64Array;
  meanOutput: Float64Array;
}

/** What is left of the inputs, and the linear map from them to the outputs. */
export interface PrunedMap {
  /** Ascending. */
  kept: Int32Array;
  /** outputs × kept, row-major. */
  kernel: Float32Array;
  bias: Float32Array;
}

/** A ridge of this share of the mean variance keeps inputs that never fire from spoiling the rest. */
const ridgeShare = 1e-4;

/**
 * The inverse of a symmetric positive definite matrix, in place, by Gauss-Jordan steps on the
 * diagonal; they need no exchange of rows for such a matrix.
 */
export function invertSymmetric(matrix: Float64Array, size: number): void {
  for (let pivot = 0; pivot < size; pivot++) {
    const row = matrix.subarray(pivot * size, (pivot + 1) * size);
    const value = row[pivot]!;
    if (!(value > 0))
      throw new ModelInputError('VALUE', `The covariance is not positive at row ${pivot}`);
    row[pivot] = 1;
    for (let j = 0; j < size; j++) row[j]! /= value;
    for (let i = 0; i < size; i++) {
      if (i === pivot) continue;
      const other = matrix.subarray(i * size, (i + 1) * size);
      const factor = other[pivot]!;
      if (factor === 0) continue;
      other[pivot] = 0;
      for (let j = 0; j < size; j++) other[j]! -= factor * row[j]!;
    }
  }
}

function ridged({ covariance, inputs }: Moments): Float64Array {
  const matrix = Float64Array.from(covariance);
  let trace = 0;
  for (let i = 0; i < inputs; i++) trace += covariance[i * inputs + i]!;
  const ridge = Math.max((ridgeShare * trace) / inputs, Number.MIN_VALUE);
  for (let i = 0; i < inputs; i++) matrix[i * inputs + i]! += ridge;
  return matrix;
}

/** inverse · cross: the least-squares map with every input. */
function solve(inverse: Float64Array, { cross, inputs, outputs }: Moments): Float64Array {
  const map = new Float64Array(inputs * outputs);
  for (let i = 0; i < inputs; i++)
    for (let j = 0; j < inputs; j++) {
      const factor = inverse[i * inputs + j]!;
      for (let k = 0; k < outputs; k++) map[i * outputs + k]! += factor * cross[j * outputs + k]!;
    }
  return map;
}

/** What the squared error grows by when an input goes and the others make up for it. */
function lossWithout(map: Float64Array, inverse: Float64Array, input: number, m: Moments): number {
  let squares = 0;
  for (let k = 0; k < m.outputs; k++) squares += map[input * m.outputs + k]! ** 2;
  return squares / inverse[input * m.inputs + input]!;
}

function cheapest(left: ReadonlySet<number>, loss: (input: number) => number): number {
  let [best, least] = [-1, Infinity];
  for (const input of left) {
    const value = loss(input);
    if (value < least) [best, least] = [input, value];
  }
  return best;
}

/** Takes an input out of the map and of the inverse, the rest re-solved by one rank-one step. */
function remove(map: Float64Array, inverse: Float64Array, gone: number, m: Moments): void {
  const { inputs, outputs } = m;
  const column = Float64Array.from({ length: inputs }, (_, i) => inverse[i * inputs + gone]!);
  const own = column[gone]!;
  const ownMap = map.slice(gone * outputs, (gone + 1) * outputs);
  for (let i = 0; i < inputs; i++) {
    const factor = column[i]! / own;
    if (factor === 0) continue;
    for (let k = 0; k < outputs; k++) map[i * outputs + k]! -= factor * ownMap[k]!;
    for (let j = 0; j < inputs; j++) inverse[i * inputs + j]! -= factor * column[j]!;
  }
}

function mapOf(kept: Int32Array, map: Float64Array, m: Moments): PrunedMap {
  const { outputs, meanInput, meanOutput } = m;
  const kernel = new Float32Array(outputs * kept.length);
  const bias = new Float32Array(outputs);
  for (let k = 0; k < outputs; k++) {
    let offset = meanOutput[k]!;
    for (const [at, input] of kept.entries()) {
      const weight = map[input * outputs + k]!;
      kernel[k * kept.length + at] = weight;
      offset -= weight * meanInput[input]!;
    }
    bias[k] = offset;
  }
  return { kept, kernel, bias };
}

/**
 * Keeps the `keep` inputs of a linear map that explain its outputs best, found backwards: the one
 * whose loss the others make up for most cheaply goes first, and they are solved anew each time
 * (optimal brain surgeon, Hassibi & Stork 1993, exact for a least-squares map).
 *
 * @throws ModelInputError `VALUE` for a `keep` outside 1 to inputs, or moments that are not finite
 */
export function pruneInputs(moments: Moments, keep: number): PrunedMap {
  const { inputs } = moments;
  if (!Number.isInteger(keep) || keep < 1 || keep > inputs)
    throw new ModelInputError('VALUE', `Keep 1 to ${inputs} inputs, not ${keep}`);
  const inverse = ridged(moments);
  invertSymmetric(inverse, inputs);
  const map = solve(inverse, moments);
  const left = new Set(Array.from({ length: inputs }, (_, input) => input));
  while (left.size > keep) {
    const gone = cheapest(left, (input) => lossWithout(map, inverse, input, moments));
    remove(map, inverse, gone, moments);
    left.delete(gone);
  }
  return mapOf(Int32Array.from(left), map, moments);
}
