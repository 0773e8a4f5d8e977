import {
  activeLabScores,
  type Answers,
  crowdlab,
  type CrowdConsensus,
  majorityVote,
  noConsensus,
} from '../models/consensus';
import { fitTemperature } from '../models/metrics';
import {
  crossValidate,
  type CrossValidation,
  fitHead,
  type FittedHead,
  headLogits,
  softmaxRows,
  choosePenalty,
  type Penalty,
} from '../models/training';
import type { Material } from './material';
import { takeRows } from './split';

/** State that passes from one retrain run to the next. */
export interface RoundState {
  consensus: Int32Array;
  head?: FittedHead | undefined;
  folds?: CrossValidation['heads'] | undefined;
  penalty?: Penalty | undefined;
}

export interface Round extends RoundState {
  /** rows × classes: out of fold for answered rows. */
  logits: Float32Array;
  /** rows × classes: calibrated. */
  probabilities: Float32Array;
  crowd: CrowdConsensus;
  /** ActiveLab's scores, one per row of the material. */
  scores: Float32Array;
  answered: Int32Array;
}

/** Writes the rows of `values` to the rows `rows` of a matrix. */
function scatter(into: Float32Array, rows: Int32Array, values: Float32Array, classes: number) {
  rows.forEach((row, at) =>
    into.set(values.subarray(at * classes, (at + 1) * classes), row * classes),
  );
}

/** Rows and their labels, as heads are fitted on them. */
export function rowsOf(material: Material, rows: Int32Array, labels: Int32Array) {
  const { dimensions, classes } = material;
  return { features: takeRows(material, rows), rows: rows.length, dimensions, labels, classes };
}

/**
 * Returns out-of-fold and pool probabilities of heads trained on `labels`, calibrated out of fold.
 */
async function evaluateOutOfFold(
  material: Material,
  rows: Int32Array,
  labels: Int32Array,
  state: RoundState,
  seed: number,
) {
  const { features, dimensions, classes } = material;
  const told = rowsOf(material, rows, labels);
  const l2 = state.penalty?.l2;
  const head = await fitHead({ ...told, l2, warmStart: state.head });
  const outOfFold = { ...told, keys: rows, seed: `${seed}` };
  const fit = await crossValidate({ ...outOfFold, l2, warmStarts: state.folds });
  const penalty = await choosePenalty({ ...outOfFold, chosen: state.penalty });
  const logits = await headLogits(head, features, material.rows, dimensions);
  const { temperature } = fit
    ? fitTemperature({ logits: fit.logits, rows: rows.length, classes, labels })
    : { temperature: 1 };
  if (fit) scatter(logits, rows, fit.logits, classes);
  const probabilities = softmaxRows(logits, classes, temperature);
  return { head, folds: fit?.heads, penalty, logits, probabilities };
}

/**
 * Runs one retrain run as the product does. Heads learn from the consensus so far (new images: from
 * their majority) and predict every image out of fold. CROWDLAB then updates the consensus.
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
  const outOfFold = await evaluateOutOfFold(material, answered, labels, state, seed);
  const { probabilities } = outOfFold;
  const crowd = crowdlab(answers, probabilities);
  const { consensus, weights } = crowd;
  const scores = activeLabScores({ answers, probabilities, consensus, weights });
  return { ...outOfFold, consensus, crowd, scores, answered };
}
