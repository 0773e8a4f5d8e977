import type { Head } from '../training/head';
import type { Scores } from '../training/score';
import type { Pool } from './pool';

/** What is known when it is decided which images to ask about next. */
export interface AcquisitionState {
  /** All rows, labelled or not, that may ever be asked about; none that is held out. */
  pool: Pool;
  /** Features of rows: rows × dimensions, normalised. */
  read: (rows: Int32Array) => Promise<Float32Array> | Float32Array;
  /** Rows that may be asked about, in the dataset's fixed random order. */
  candidates: Int32Array;
  /** Rows that have a label, and the class of each. */
  labelled: Int32Array;
  labels: Int32Array;
  classes: number;
  /** Candidates that somebody has before them: they count as about to be labelled. */
  leased?: Int32Array | undefined;
  /** What the current head says of every row; none before the first run. */
  scores?: RowScores | undefined;
  /** The current head, for strategies that ask it more than scores. */
  head?: Head | undefined;
  seed: number;
}

/** What the product's own strategy needs: of scores, margins alone. */
export type QueueState = Omit<AcquisitionState, 'scores'> & {
  scores?: Pick<RowScores, 'margin'> | undefined;
};

/** One value per row of the pool; the most probable classes with `topCount` values per row. */
export type RowScores = Pick<
  Scores,
  'margin' | 'entropy' | 'confidence' | 'topCount' | 'top' | 'topConfidence'
>;

/**
 * Chooses at most `count` different candidates, best first. Pure: the same state gives the same
 * rows. Leased rows are candidates no more.
 */
export type Strategy = (state: AcquisitionState, count: number) => Promise<Int32Array>;

/** Candidates that nobody has before them. */
export function openRows({
  candidates,
  leased,
}: Pick<AcquisitionState, 'candidates' | 'leased'>): Int32Array {
  if (!leased?.length) return candidates;
  const taken = new Set(leased);
  return candidates.filter((row) => !taken.has(row));
}

/** The `count` rows of the highest value; a value that is no number counts as the lowest. */
export function highest(
  rows: Int32Array,
  value: (row: number) => number,
  count: number,
): Int32Array {
  const keyed = Array.from(rows, (row) => {
    const given = value(row);
    return { row, value: Number.isNaN(given) ? -Infinity : given };
  });
  // Stable, and Infinity minus itself is no number: compare.
  keyed.sort((a, b) => (a.value === b.value ? 0 : b.value > a.value ? 1 : -1));
  return Int32Array.from(keyed.slice(0, Math.max(0, count)), (entry) => entry.row);
}
