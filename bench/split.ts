import { seededRandom, shuffle } from '../models/numeric';
import type { Scores } from '../models/training';
import type { Material } from './material';

/** Rows of a material, divided. */
export interface Split {
  test: Int32Array;
  pool: Int32Array;
}

/** Draws a stratified fifth of every class as test rows. */
export function splitRows({ labels, classes }: Material, seed: number): Split {
  const random = seededRandom(`split ${seed}`);
  const test: number[] = [];
  const pool: number[] = [];
  for (let label = 0; label < classes; label++) {
    const rows = shuffle(
      [...labels.keys()].filter((row) => labels[row] === label),
      random,
    );
    const held = Math.round(rows.length / 5);
    test.push(...rows.slice(0, held));
    pool.push(...rows.slice(held));
  }
  return { test: Int32Array.from(test), pool: Int32Array.from(pool) };
}

/** Joins rows in the given order. */
export function takeRows(
  { features, dimensions }: Material,
  rows: ArrayLike<number>,
): Float32Array {
  const taken = new Float32Array(rows.length * dimensions);
  for (let at = 0; at < rows.length; at++) {
    const from = rows[at]! * dimensions;
    taken.set(features.subarray(from, from + dimensions), at * dimensions);
  }
  return taken;
}

/** Returns the share of rows whose class was predicted, from scores of all rows of the material. */
export const accuracyOn = (rows: Int32Array, labels: Int32Array, { classIndex }: Scores): number =>
  rows.filter((row) => classIndex[row] === labels[row]).length / rows.length;
