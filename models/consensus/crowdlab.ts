import { bestClass, indexAnswers, type AnswerIndex, type Answers } from './answers';
import { majorityVote, noConsensus } from './majority';

/** The weights of annotators and model in CROWDLAB's ensemble. */
export interface CrowdWeights {
  /** One per annotator, 0 or more. 0 is no better than always answering the most frequent class. */
  annotators: Float64Array;
  /** Mean weight of the annotators with answers. */
  meanAnnotator: number;
  /** The weight of the model, 0 or more. */
  model: number;
  /** Estimated accuracy of an answer: its mean agreement with the majority, 0 to 0.999. */
  answerAccuracy: number;
}

export interface CrowdConsensus {
  /** One class per row, -1 for rows without answers. */
  consensus: Int32Array;
  /** The paper's quality score of each consensus, 0 to 1. It ranks images but is not calibrated. */
  quality: Float32Array;
  /** The paper's quality score of each annotator, 0 to 1; 0 without answers. */
  annotatorQuality: Float64Array;
  weights: CrowdWeights;
}

/** Assumed accuracy of answers while no image has two of them. */
const defaultAgreement = 0.9;
/** Pseudo-count of answer pairs that shrinks an annotator's agreement towards the overall one. */
const priorPairs = 5;

/** Yields each row with at least two answers, and these answers. */
function* rowsWithSeveralAnswers({
  start,
  order,
}: AnswerIndex): Generator<[row: number, rowAnswers: Int32Array]> {
  for (let row = 0; row + 1 < start.length; row++)
    if (start[row + 1]! - start[row]! > 1) yield [row, order.subarray(start[row], start[row + 1])];
}

/** Computes each annotator's agreement with others on the same images: s_j in the paper. */
function peerAgreement({ annotators, annotator, answer }: Answers, index: AnswerIndex) {
  const agreements = new Float64Array(annotators);
  const pairs = new Float64Array(annotators);
  for (const [, rowAnswers] of rowsWithSeveralAnswers(index))
    for (const a of rowAnswers)
      for (const b of rowAnswers) {
        if (a === b) continue;
        pairs[annotator[a]!]!++;
        if (answer[a] === answer[b]) agreements[annotator[a]!]!++;
      }
  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
  const overall = sum(pairs) > 0 ? sum(agreements) / sum(pairs) : defaultAgreement;
  return agreements.map(
    (value, person) => (value + priorPairs * overall) / (pairs[person]! + priorPairs),
  );
}

function mostFrequent({ answer, classes }: Answers): number {
  const counts = new Int32Array(classes);
  for (const k of answer) counts[k]!++;
  return bestClass(counts, 0, classes);
}

/**
 * Computes the mean agreement of annotators, model and baseline with the majority, over images with
 * several answers.
 */
function majorityAgreement(
  answers: Answers,
  index: AnswerIndex,
  majority: Int32Array,
  probabilities: Float32Array,
) {
  const frequent = mostFrequent(answers);
  let [rows, annotators, model, baseline] = [0, 0, 0, 0];
  for (const [row, rowAnswers] of rowsWithSeveralAnswers(index)) {
    const majorityClass = majority[row]!;
    rows++;
    annotators +=
      rowAnswers.filter((i) => answers.answer[i] === majorityClass).length / rowAnswers.length;
    if (bestClass(probabilities, row, answers.classes) === majorityClass) model++;
    if (frequent === majorityClass) baseline++;
  }
  if (rows === 0) return undefined;
  return { annotators: annotators / rows, model: model / rows, baseline: baseline / rows };
}

/** Computes 1 - error / (error of always answering the most frequent class), but at least 0. */
const overBaseline = (agreement: number, baseline: number): number =>
  Math.max(0, 1 - (1 - agreement) / Math.max(1e-6, 1 - baseline));

/**
 * Compares model and baseline with the answers themselves, for data without overlapping answers.
 */
function withoutOverlap(answers: Answers, probabilities: Float32Array) {
  const { row, answer, classes } = answers;
  const frequent = mostFrequent(answers);
  let [model, baseline] = [0, 0];
  for (let i = 0; i < row.length; i++) {
    if (bestClass(probabilities, row[i]!, classes) === answer[i]) model++;
    if (answer[i] === frequent) baseline++;
  }
  const share = (count: number) => count / Math.max(1, row.length);
  return { annotators: defaultAgreement, model: share(model), baseline: share(baseline) };
}

function estimateWeights(
  answers: Answers,
  index: AnswerIndex,
  majority: Int32Array,
  probabilities: Float32Array,
): CrowdWeights {
  const agreement =
    majorityAgreement(answers, index, majority, probabilities) ??
    withoutOverlap(answers, probabilities);
  const annotators = peerAgreement(answers, index).map((agreed) =>
    overBaseline(agreed, agreement.baseline),
  );
  const active = new Set(answers.annotator);
  const answered = majority.filter((classIndex) => classIndex !== noConsensus).length;
  const answersPerRow = answers.row.length / Math.max(1, answered);
  let total = 0;
  for (const person of active) total += annotators[person]!;
  return {
    annotators,
    meanAnnotator: total / Math.max(1, active.size),
    model: overBaseline(agreement.model, agreement.baseline) * Math.sqrt(answersPerRow),
    answerAccuracy: Math.min(0.999, agreement.annotators),
  };
}

/**
 * Computes the paper's ensemble for one row: the weighted mean of the model's probabilities and of
 * one distribution per answer. An answer gives `answerAccuracy` to its class and the rest evenly to
 * the others. Writes the result to `out`, which sums to 1.
 *
 * @param rowAnswers indices of the row's answers
 * @param probabilities the model's probabilities of the row
 */
export function ensembleRow(
  { annotator, answer, classes }: Answers,
  rowAnswers: Int32Array,
  { annotators, model, answerAccuracy }: CrowdWeights,
  probabilities: Float32Array,
  out: Float64Array,
): void {
  // The floor avoids 0 / 0 in rows where model and annotators all have weight 0.
  const floor = 1e-6;
  let total = model + floor;
  for (let k = 0; k < classes; k++) out[k] = total * probabilities[k]!;
  const otherProbability = classes > 1 ? (1 - answerAccuracy) / (classes - 1) : 0;
  for (const i of rowAnswers) {
    const weight = annotators[annotator[i]!]! + floor;
    total += weight;
    const answeredClass = answer[i]!;
    for (let k = 0; k < classes; k++) out[k]! += weight * otherProbability;
    out[answeredClass]! += weight * ((classes > 1 ? answerAccuracy : 1) - otherProbability);
  }
  for (let k = 0; k < classes; k++) out[k]! /= total;
}

/**
 * Computes each annotator's quality: the mean quality of the answers, averaged with the agreement
 * with the consensus (paper, 3.3).
 */
function annotatorQuality(
  answers: Answers,
  index: AnswerIndex,
  consensus: Int32Array,
  answerQuality: Float32Array,
  weights: CrowdWeights,
): Float64Array {
  const { annotators, annotator, answer, row } = answers;
  const quality = new Float64Array(annotators);
  const count = new Float64Array(annotators);
  const agreed = new Float64Array(annotators);
  const shared = new Float64Array(annotators);
  const { start } = index;
  for (let i = 0; i < row.length; i++) {
    const person = annotator[i]!;
    quality[person]! += answerQuality[i]!;
    count[person]!++;
    if (start[row[i]! + 1]! - start[row[i]!]! < 2) continue;
    shared[person]!++;
    if (answer[i] === consensus[row[i]!]) agreed[person]!++;
  }
  const answered = Math.max(1, consensus.filter((classIndex) => classIndex !== noConsensus).length);
  const perRow = row.length / answered;
  const model = weights.model / Math.max(1e-9, weights.model + weights.meanAnnotator * perRow);
  return quality.map((sum, person) => {
    if (count[person] === 0) return 0;
    const meanQuality = sum / count[person]!;
    return shared[person] === 0
      ? meanQuality
      : model * meanQuality + (1 - model) * (agreed[person]! / shared[person]!);
  });
}

/**
 * Computes consensus labels and their quality by CROWDLAB (Goh, Tkachenko & Mueller 2022). It
 * combines annotators and a model, weighted by their agreement with the majority relative to always
 * answering the most frequent class: w_j = 1 - (1 - s_j) / (1 - A_MLC) with the agreement s_j with
 * the other annotators, and w_M = (1 - (1 - A_M) / (1 - A_MLC)) · √(answers per image). The
 * consensus is the most probable class of the weighted mean.
 *
 * Two changes to the paper: an annotator's agreement is shrunk towards the overall agreement (with
 * the weight of 5 pairs), so that one shared image decides little. Without overlap, the model is
 * compared with the answers themselves.
 *
 * @param probabilities rows × classes: the model's probabilities, calibrated and out of fold,
 *   because a model that was trained on an answer agrees with it; rows without answers may hold any
 *   values from 0 to 1
 * @throws ModelInputError `SHAPE` or `VALUE`, as `indexAnswers`
 */
export function crowdlab(
  answers: Answers,
  probabilities: Float32Array,
  index: AnswerIndex = indexAnswers(answers),
): CrowdConsensus {
  const { rows, classes, answer } = answers;
  const majority = majorityVote(answers, probabilities, index);
  const weights = estimateWeights(answers, index, majority, probabilities);
  const consensus = new Int32Array(rows).fill(noConsensus);
  const quality = new Float32Array(rows);
  const answerQuality = new Float32Array(answer.length);
  const belief = new Float64Array(classes);
  for (let row = 0; row < rows; row++) {
    const rowAnswers = index.order.subarray(index.start[row], index.start[row + 1]);
    if (rowAnswers.length === 0) continue;
    const rowProbabilities = probabilities.subarray(row * classes, (row + 1) * classes);
    ensembleRow(answers, rowAnswers, weights, rowProbabilities, belief);
    consensus[row] = bestClass(belief, 0, classes);
    quality[row] = Math.min(1, belief[consensus[row]!]!);
    for (const i of rowAnswers) answerQuality[i] = belief[answer[i]!]!;
  }
  return {
    consensus,
    quality,
    annotatorQuality: annotatorQuality(answers, index, consensus, answerQuality, weights),
    weights,
  };
}
