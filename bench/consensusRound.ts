import { activeLabScores } from '../models/consensus/activelab';
import type { Answers } from '../models/consensus/answers';
import { crowdlab, type CrowdConsensus } from '../models/consensus/crowdlab';
import { majorityVote, noConsensus } from '../models/consensus/majority';
import { fitTemperature } from '../models/metrics/temperature';
import { crossFit, type CrossFit } from '../models/training/crossFit';
import { fitHead, type FittedHead } from '../models/training/head';
import { headLogits, softmaxRows } from '../models/training/logits';
import type { Material } from './material';
import { takeRows } from './split';

/** What is carried from one retrain run to the next. */
export interface RoundState {
  consensus: Int32Array;
  head?: FittedHead | undefined;
  folds?: CrossFit['heads'] | undefined;
}

export interface Round extends RoundState {
  /** rows × classes: out of fold where answered. */
  logits: Float32Array;
  /** rows × classes: calibrated. */
  probabilities: Float32Array;
  crowd: CrowdConsensus;
  /** ActiveLab's, one per row of the material. */
  scores: Float32Array;
  answered: Int32Array;
}

/** Puts the rows of `values` at `rows` of a matrix. */
function scatter(into: Float32Array, rows: Int32Array, values: Float32Array, classes: number) {
  rows.forEach((row, at) =>
    into.set(values.subarray(at * classes, (at + 1) * classes), row * classes),
  );
}

/** Fits on labels of rows; warm where a head is given. */
export function fitOn(
  material: Material,
  rows: Int32Array,
  labels: Int32Array,
  warmStart?: FittedHead,
) {
  const { dimensions, classes } = material;
  return fitHead({ features: takeRows(material, rows), rows: rows.length, dimensions, labels, classes, warmStart }); // prettier-ignore
}

/** Out-of-fold and pool probabilities by heads that learn from `labels`, calibrated out of fold. */
async function judge(
  material: Material,
  rows: Int32Array,
  labels: Int32Array,
  state: RoundState,
  seed: number,
) {
  // prettier-ignore
  const { features, dimensions, classes } = material;
  const head = await fitOn(material, rows, labels, state.head);
  const fit = await crossFit({ features: takeRows(material, rows), rows: rows.length, dimensions, labels, classes, keys: rows, seed: `${seed}`, warmStarts: state.folds }); // prettier-ignore
  const logits = await headLogits(head, features, material.rows, dimensions);
  const { temperature } = fit
    ? fitTemperature({ logits: fit.logits, rows: rows.length, classes, labels })
    : { temperature: 1 };
  if (fit) scatter(logits, rows, fit.logits, classes);
  const probabilities = softmaxRows(logits, classes, temperature);
  return { head, folds: fit?.heads, logits, probabilities };
}

/**
 * One retrain run as the product does it: heads learn from the consensus so far (new images: from
 * their majority), judge every image out of fold, and CROWDLAB settles the consensus anew.
 */
export async function retrainRound(
  material: Material,
  answers: Answers,
  state: RoundState,
  seed: number,
): Promise<Round> {
  const majority = majorityVote(answers);
  const answered = Int32Array.from(majority.keys()).filter((row) => majority[row] !== noConsensus);
  const labels = answered.map((row) =>
    state.consensus[row] === noConsensus ? majority[row]! : state.consensus[row]!,
  );
  const judged = await judge(material, answered, labels, state, seed);
  const { probabilities } = judged;
  const crowd = crowdlab(answers, probabilities);
  const { consensus, weights } = crowd;
  const scores = activeLabScores({ answers, probabilities, consensus, weights });
  return { ...judged, consensus, crowd, scores, answered };
}
