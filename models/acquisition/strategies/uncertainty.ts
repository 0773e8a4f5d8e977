import { seededRandom } from '../../numeric/random';
import {
  highestRows,
  openRows,
  type AcquisitionState,
  type RowScores,
  type Strategy,
} from '../state';

/**
 * Creates a strategy that takes the highest values of the scores. Without scores it takes the first
 * rows.
 */
const byScores =
  (value: (scores: RowScores, row: number, state: AcquisitionState) => number): Strategy =>
  (state, count) => {
    const { scores } = state;
    const rows = openRows(state);
    if (!scores) return Promise.resolve(rows.slice(0, Math.max(0, count)));
    return Promise.resolve(highestRows(rows, (row) => value(scores, row, state), count));
  };

/** Chooses rows of least confidence, the largest 1 - max p (Lewis & Gale 1994). */
export const leastConfidence = byScores(({ confidence }, row) => -confidence[row]!);

/** Chooses rows of the smallest margin p₁ - p₂ (Scheffer, Decomain & Wrobel 2001). */
export const margin = byScores((scores, row) => -scores.margin[row]!);

/** Chooses rows of the largest entropy -Σ p ln p (Shannon 1948; Settles 2009, 2.1). */
export const entropy = byScores((scores, row) => scores.entropy[row]!);

/**
 * Chooses rows by log(1 - margin) + Gumbel noise. This draws without replacement in proportion to
 * the uncertainty, so that a batch is diverse (Kirsch et al. 2021, "Stochastic batch acquisition").
 */
export const powerMargin: Strategy = (state, count) => {
  const random = seededRandom(`power margin ${state.seed} ${state.labelled.length}`);
  const gumbelNoise = new Map(
    Array.from(openRows(state), (row) => [row, -Math.log(-Math.log(1 - random.next()))]),
  );
  return byScores(
    (scores, row) =>
      Math.log(Math.max(1e-12, 1 - scores.margin[row]!)) + (gumbelNoise.get(row) ?? 0),
  )(state, count);
};

/**
 * Chooses rows by margin uncertainty divided by the root of the predicted class's label count.
 * Classes with few labels come sooner (after Aggarwal, Popescu & Hudelot 2020).
 */
export const balancedMargin: Strategy = (state, count) => {
  const counts = new Float64Array(state.classes);
  for (const label of state.labels) counts[label]!++;
  return byScores(
    (scores, row) =>
      (1 - scores.margin[row]!) / Math.sqrt(1 + counts[scores.top[row * scores.topCount]!]!),
  )(state, count);
};

/**
 * Chooses rows by information density: uncertainty times the mean similarity to the nearest
 * neighbours (Settles & Craven 2008).
 */
export const densityMargin: Strategy = async (state, count) => {
  const { similarity, count: neighboursPerRow } = await state.pool.neighbours();
  const density = (row: number): number => {
    let sum = 0;
    for (let index = row * neighboursPerRow; index < (row + 1) * neighboursPerRow; index++)
      sum += Math.max(0, similarity[index]!);
    return neighboursPerRow > 0 ? sum / neighboursPerRow : 1;
  };
  return byScores((scores, row) => (1 - scores.margin[row]!) * density(row))(state, count);
};
