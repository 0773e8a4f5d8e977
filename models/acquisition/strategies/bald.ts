import { seededRandom } from '../../numeric/random';
import { fitHead } from '../../training/head';
import { scoreHead, type Scores } from '../../training/score';
import { highestRows, openRows, type AcquisitionState, type Strategy } from '../state';
import { random } from './random';

const headCount = 5;

/** Scores the candidates by a head fitted on labels drawn with replacement. */
async function bootstrapScores(state: AcquisitionState, rows: Int32Array, headIndex: number) {
  const { labelled, labels, classes, pool, seed } = state;
  const random = seededRandom(`bald ${seed} ${labelled.length} ${headIndex}`);
  const drawn = Array.from(labelled, () => random.below(labelled.length));
  const drawnLabels = Int32Array.from(drawn, (index) => labels[index]!);
  if (new Set(drawnLabels).size < 2) return undefined;
  const head = await fitHead({
    features: await state.read(Int32Array.from(drawn, (index) => labelled[index]!)),
    rows: drawn.length,
    dimensions: pool.dimensions,
    labels: drawnLabels,
    classes,
  });
  const { dimensions } = pool;
  const features = await state.read(rows);
  return scoreHead({ head, dimensions, classes, features, rows: rows.length });
}

const entropyTerm = (p: number): number => (p > 0 ? -p * Math.log(p) : 0);

/**
 * Chooses rows by BALD (Houlsby et al. 2011) over bootstrapped heads (Efron 1979): the entropy of
 * the mean prediction minus the mean entropy. It is large if the heads are confident but disagree.
 * Each head contributes its most probable classes, and the rest counts as one more class.
 */
export const bald: Strategy = async (state, count) => {
  const rows = openRows(state);
  const scored: Scores[] = [];
  for (let headIndex = 0; headIndex < headCount; headIndex++) {
    const scores = await bootstrapScores(state, rows, headIndex);
    if (scores) scored.push(scores);
  }
  if (scored.length < 2) return random(state, count);
  const positions = new Map(Array.from(rows, (row, index) => [row, index]));
  const information = (row: number): number => {
    const position = positions.get(row)!;
    const mean = new Map<number, number>();
    let meanEntropy = 0;
    for (const { top, topConfidence, topCount } of scored) {
      let rest = 1;
      for (let i = position * topCount; i < (position + 1) * topCount; i++) {
        const share = topConfidence[i]!;
        rest -= share;
        meanEntropy += entropyTerm(share) / scored.length;
        mean.set(top[i]!, (mean.get(top[i]!) ?? 0) + share / scored.length);
      }
      meanEntropy += entropyTerm(Math.max(0, rest)) / scored.length;
      mean.set(-1, (mean.get(-1) ?? 0) + Math.max(0, rest) / scored.length);
    }
    return [...mean.values()].reduce((sum, p) => sum + entropyTerm(p), 0) - meanEntropy;
  };
  return highestRows(rows, information, count);
};
