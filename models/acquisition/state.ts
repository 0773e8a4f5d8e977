import type { Head } from '../training/head';
import type { Scores } from '../training/score';
import type { Pool } from './pool';

/** The input of a strategy that chooses the next images to label. */
export interface AcquisitionState {
  /** All rows that can be labelled, with or without a label. Held-out rows are not in the pool. */
  pool: Pool;
  /** Reads the features of rows: rows × dimensions, normalised. */
  read: (rows: Int32Array) => Promise<Float32Array> | Float32Array;
  /** Rows to choose from, in the dataset's fixed random order. */
  candidates: Int32Array;
  /** Rows with a label. */
  labelled: Int32Array;
  /** The class of each labelled row. */
  labels: Int32Array;
  classes: number;
  /** Candidates that are leased to an annotator. They count as about to be labelled. */
  leased?: Int32Array | undefined;
  /** Scores of every row by the current head; undefined before the first run. */
  scores?: RowScores | undefined;
  /** The current head, for strategies that need more than scores. */
  head?: Head | undefined;
  seed: number;
}

/** The input of the default strategy. Of the scores it needs only the margins. */
export type QueueState = Omit<AcquisitionState, 'scores'> & {
  scores?: Pick<RowScores, 'margin'> | undefined;
};

/** One value per row of the pool, and `topCount` values per row for the most probable classes. */
export type RowScores = Pick<
  Scores,
  'margin' | 'entropy' | 'confidence' | 'topCount' | 'top' | 'topConfidence'
>;

/**
 * Chooses at most `count` different candidates, best first. The same state gives the same rows.
 * Leased rows are not chosen.
 */
export type Strategy = (state: AcquisitionState, count: number) => Promise<Int32Array>;

/** Returns the candidates that are not leased. */
export function openRows({
  candidates,
  leased,
}: Pick<AcquisitionState, 'candidates' | 'leased'>): Int32Array {
  if (!leased?.length) return candidates;
  const taken = new Set(leased);
  return candidates.filter((row) => !taken.has(row));
}

/** Returns the `count` rows with the highest values. NaN counts as the lowest value. */
export function highestRows(
  rows: Int32Array,
  value: (row: number) => number,
  count: number,
): Int32Array {
  const scored = Array.from(rows, (row) => {
    const score = value(row);
    return { row, value: Number.isNaN(score) ? -Infinity : score };
  });
  // Subtraction would give NaN for two infinite values, so the values are compared.
  scored.sort((a, b) => (a.value === b.value ? 0 : b.value > a.value ? 1 : -1));
  return Int32Array.from(scored.slice(0, Math.max(0, count)), (entry) => entry.row);
}
