import { ModelInputError } from '../../errors';

/** The moments of a linear regression of `outputs` values on `inputs` values. */
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

/** The kept inputs, and the linear map from them to the outputs. */
export interface PrunedMap {
  /** Indices of the kept inputs, ascending. */
  keptInputs: Int32Array;
  /** outputs × kept, row-major. */
  kernel: Float32Array;
  bias: Float32Array;
}

/** Ridge, as a share of the mean variance. It makes inputs without variance harmless. */
const ridgeShare = 1e-4;

/**
 * Inverts a symmetric positive definite matrix in place, by Gauss-Jordan steps on the diagonal.
 * Such a matrix needs no pivoting.
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

function addRidge({ covariance, inputs }: Moments): Float64Array {
  const matrix = Float64Array.from(covariance);
  let trace = 0;
  for (let i = 0; i < inputs; i++) trace += covariance[i * inputs + i]!;
  const ridge = Math.max((ridgeShare * trace) / inputs, Number.MIN_VALUE);
  for (let i = 0; i < inputs; i++) matrix[i * inputs + i]! += ridge;
  return matrix;
}

/** Computes inverse · cross: the least-squares map with all inputs. */
function solve(inverse: Float64Array, { cross, inputs, outputs }: Moments): Float64Array {
  const map = new Float64Array(inputs * outputs);
  for (let i = 0; i < inputs; i++)
    for (let j = 0; j < inputs; j++) {
      const factor = inverse[i * inputs + j]!;
      for (let k = 0; k < outputs; k++) map[i * outputs + k]! += factor * cross[j * outputs + k]!;
    }
  return map;
}

/**
 * Computes the increase of the squared error if an input is removed and the others are re-fitted.
 */
function lossWithout(map: Float64Array, inverse: Float64Array, input: number, m: Moments): number {
  let squares = 0;
  for (let k = 0; k < m.outputs; k++) squares += map[input * m.outputs + k]! ** 2;
  return squares / inverse[input * m.inputs + input]!;
}

function cheapest(remaining: ReadonlySet<number>, loss: (input: number) => number): number {
  let [best, minLoss] = [-1, Infinity];
  for (const input of remaining) {
    const value = loss(input);
    if (value < minLoss) [best, minLoss] = [input, value];
  }
  return best;
}

/** Removes an input from the map and the inverse, and re-fits the rest by a rank-one update. */
function remove(map: Float64Array, inverse: Float64Array, removed: number, m: Moments): void {
  const { inputs, outputs } = m;
  const column = Float64Array.from({ length: inputs }, (_, i) => inverse[i * inputs + removed]!);
  const diagonal = column[removed]!;
  const removedMap = map.slice(removed * outputs, (removed + 1) * outputs);
  for (let i = 0; i < inputs; i++) {
    const factor = column[i]! / diagonal;
    if (factor === 0) continue;
    for (let k = 0; k < outputs; k++) map[i * outputs + k]! -= factor * removedMap[k]!;
    for (let j = 0; j < inputs; j++) inverse[i * inputs + j]! -= factor * column[j]!;
  }
}

function mapOf(keptInputs: Int32Array, map: Float64Array, m: Moments): PrunedMap {
  const { outputs, meanInput, meanOutput } = m;
  const kernel = new Float32Array(outputs * keptInputs.length);
  const bias = new Float32Array(outputs);
  for (let k = 0; k < outputs; k++) {
    let offset = meanOutput[k]!;
    for (const [index, input] of keptInputs.entries()) {
      const weight = map[input * outputs + k]!;
      kernel[k * keptInputs.length + index] = weight;
      offset -= weight * meanInput[input]!;
    }
    bias[k] = offset;
  }
  return { keptInputs, kernel, bias };
}

/**
 * Prunes a linear map to the `keep` inputs that explain its outputs best, by backward elimination.
 * Each step removes the input with the smallest increase of the error and re-fits the others
 * (optimal brain surgeon, Hassibi & Stork 1993, which is exact for a least-squares map).
 *
 * @throws ModelInputError `VALUE` for a `keep` outside 1 to inputs, or moments that are not finite
 */
export function pruneInputs(moments: Moments, keep: number): PrunedMap {
  const { inputs } = moments;
  if (!Number.isInteger(keep) || keep < 1 || keep > inputs)
    throw new ModelInputError('VALUE', `Keep 1 to ${inputs} inputs, not ${keep}`);
  const inverse = addRidge(moments);
  invertSymmetric(inverse, inputs);
  const map = solve(inverse, moments);
  const remaining = new Set(Array.from({ length: inputs }, (_, input) => input));
  while (remaining.size > keep) {
    const removed = cheapest(remaining, (input) => lossWithout(map, inverse, input, moments));
    remove(map, inverse, removed, moments);
    remaining.delete(removed);
  }
  return mapOf(Int32Array.from(remaining), map, moments);
}
