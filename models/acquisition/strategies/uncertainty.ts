import { seededRandom } from '../../numeric/random';
import { highest, openRows, type AcquisitionState, type RowScores, type Strategy } from '../state';

/** The rows of the highest value by the head's scores; before the first head, the first ones. */
const byScores =
  (value: (scores: RowScores, row: number, state: AcquisitionState) => number): Strategy =>
  (state, count) => {
    const { scores } = state;
    const rows = openRows(state);
    if (!scores) return Promise.resolve(rows.slice(0, Math.max(0, count)));
    return Promise.resolve(highest(rows, (row) => value(scores, row, state), count));
  };

/** 1 - max p (Lewis & Gale 1994). */
export const leastConfidence = byScores(({ confidence }, row) => -confidence[row]!);

/** Smallest p₁ - p₂ (Scheffer, Decomain & Wrobel 2001). */
export const margin = byScores((scores, row) => -scores.margin[row]!);

/** Largest -Σ p ln p (Shannon 1948; Settles 2009, 2.1). */
export const entropy = byScores((scores, row) => scores.entropy[row]!);

/**
 * log(1 - margin) + Gumbel noise: drawing without replacement in proportion to the uncertainty, so
 * that a batch is not all of one kind (Kirsch et al. 2021, "Stochastic batch acquisition").
 */
export const powerMargin: Strategy = (state, count) => {
  const noise = seededRandom(`power margin ${state.seed} ${state.labelled.length}`);
  const draws = new Map(
    Array.from(openRows(state), (row) => [row, -Math.log(-Math.log(1 - noise.next()))]),
  );
  return byScores(
    (scores, row) => Math.log(Math.max(1e-12, 1 - scores.margin[row]!)) + (draws.get(row) ?? 0),
  )(state, count);
};

/**
 * Margin uncertainty over the root of how many labels the predicted class has: classes that are
 * known by few labels are asked about sooner (after Aggarwal, Popescu & Hudelot 2020).
 */
export const balancedMargin: Strategy = (state, count) => {
  const counts = new Float64Array(state.classes);
  for (const label of state.labels) counts[label]!++;
  return byScores(
    (scores, row) =>
      (1 - scores.margin[row]!) / Math.sqrt(1 + counts[scores.top[row * scores.topCount]!]!),
  )(state, count);
};

/** Information density: uncertainty times the mean likeness to the nearest (Settles & Craven 2008). */
export const densityMargin: Strategy = async (state, count) => {
  const { similarity, count: near } = await state.pool.neighbours();
  const density = (row: number): number => {
    let sum = 0;
    for (let at = row * near; at < (row + 1) * near; at++) sum += Math.max(0, similarity[at]!);
    return near > 0 ? sum / near : 1;
  };
  return byScores((scores, row) => (1 - scores.margin[row]!) * density(row))(state, count);
};
