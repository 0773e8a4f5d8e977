import { seededRandom } from '../../numeric/random';
import { fitHead } from '../../training/head';
import { scoreHead, type Scores } from '../../training/score';
import { highest, openRows, type AcquisitionState, type Strategy } from '../state';
import { random } from './random';

const members = 5;

/** Scores of the candidates by a head fitted on labels drawn with replacement. */
async function bootstrapScores(state: AcquisitionState, rows: Int32Array, member: number) {
  const { labelled, labels, classes, pool, seed } = state;
  const draw = seededRandom(`bald ${seed} ${labelled.length} ${member}`);
  const drawn = Array.from(labelled, () => draw.below(labelled.length));
  const own = Int32Array.from(drawn, (at) => labels[at]!);
  if (new Set(own).size < 2) return undefined;
  const head = await fitHead({
    features: await state.read(Int32Array.from(drawn, (at) => labelled[at]!)),
    rows: drawn.length,
    dimensions: pool.dimensions,
    labels: own,
    classes,
  });
  const { dimensions } = pool;
  const features = await state.read(rows);
  return scoreHead({ head, dimensions, classes, features, rows: rows.length });
}

const termOf = (p: number): number => (p > 0 ? -p * Math.log(p) : 0);

/**
 * BALD (Houlsby et al. 2011) over bootstrapped heads (Efron 1979): the entropy of the heads' mean
 * prediction minus their mean entropy, which is large where each is sure and they disagree. The
 * mean is taken over each head's most probable classes; the rest counts as one class more.
 */
export const bald: Strategy = async (state, count) => {
  const rows = openRows(state);
  const scored: Scores[] = [];
  for (let member = 0; member < members; member++) {
    const scores = await bootstrapScores(state, rows, member);
    if (scores) scored.push(scores);
  }
  if (scored.length < 2) return random(state, count);
  const places = new Map(Array.from(rows, (row, at) => [row, at]));
  const information = (row: number): number => {
    const at = places.get(row)!;
    const mean = new Map<number, number>();
    let own = 0;
    for (const { top, topConfidence, topCount } of scored) {
      let rest = 1;
      for (let i = at * topCount; i < (at + 1) * topCount; i++) {
        const share = topConfidence[i]!;
        rest -= share;
        own += termOf(share) / scored.length;
        mean.set(top[i]!, (mean.get(top[i]!) ?? 0) + share / scored.length);
      }
      own += termOf(Math.max(0, rest)) / scored.length;
      mean.set(-1, (mean.get(-1) ?? 0) + Math.max(0, rest) / scored.length);
    }
    return [...mean.values()].reduce((sum, p) => sum + termOf(p), 0) - own;
  };
  return highest(rows, information, count);
};
