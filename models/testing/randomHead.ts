import { seededRandom } from '../numeric/random';

/** Draws values uniformly from -1 to 1. */
export function uniformValues(length: number, seed: string): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length }, () => random.next() * 2 - 1);
}

/** Draws a head with uniform weights. */
export const randomHead = (dimensions: number, classes: number, seed = 'head') => ({
  weights: uniformValues(dimensions * classes, seed),
  bias: uniformValues(classes, `${seed} bias`),
});

/** Computes the mean of values. */
export const meanOf = (values: Float32Array): number =>
  values.reduce((sum, each) => sum + each, 0) / values.length;
