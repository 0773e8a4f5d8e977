import { bestClass, indexAnswers, type AnswerIndex, type Answers } from './answers';
import { majorityVote, noConsensus } from './majority';

/** How far the people and the model can be relied on, as CROWDLAB weighs them. */
export interface CrowdWeights {
  /** One per annotator, 0 up: 0 is no better than always naming the most frequent class. */
  annotators: Float64Array;
  /** The mean of those who answered. */
  meanAnnotator: number;
  /** The model's, 0 up. */
  model: number;
  /** The chance that an answer is right, as measured by agreement with the majority. */
  answerRight: number;
}

export interface CrowdConsensus {
  /** One class per row, -1 where nobody answered. */
  consensus: Int32Array;
  /** The paper's score, 0 to 1: orders images by how sure their consensus is; no calibrated share. */
  quality: Float32Array;
  /** The paper's score of each annotator, 0 to 1; 0 without answers. */
  annotatorQuality: Float64Array;
  weights: CrowdWeights;
}

/** What people are assumed to get right while no image has two answers to compare. */
const assumedRight = 0.9;
/** Pairs of answers that pull an annotator's agreement towards everybody's: a few say little. */
const priorPairs = 5;

/** Answers of each row that are compared with one another. */
function* overlapping({ start, order }: AnswerIndex): Generator<[row: number, mine: Int32Array]> {
  for (let row = 0; row + 1 < start.length; row++)
    if (start[row + 1]! - start[row]! > 1) yield [row, order.subarray(start[row], start[row + 1])];
}

/** Agreement of each annotator with the others who answered the same images: s_j in the paper. */
function peerAgreement({ annotators, annotator, answer }: Answers, index: AnswerIndex) {
  const agreed = new Float64Array(annotators);
  const pairs = new Float64Array(annotators);
  for (const [, mine] of overlapping(index))
    for (const a of mine)
      for (const b of mine) {
        if (a === b) continue;
        pairs[annotator[a]!]!++;
        if (answer[a] === answer[b]) agreed[annotator[a]!]!++;
      }
  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
  const overall = sum(pairs) > 0 ? sum(agreed) / sum(pairs) : assumedRight;
  return agreed.map((value, who) => (value + priorPairs * overall) / (pairs[who]! + priorPairs));
}

function mostFrequent({ answer, classes }: Answers): number {
  const counts = new Int32Array(classes);
  for (const k of answer) counts[k]!++;
  return bestClass(counts, 0, classes);
}

/** Mean agreement with the majority, over images with several answers: of people, model, baseline. */
function majorityAgreement(
  answers: Answers,
  index: AnswerIndex,
  majority: Int32Array,
  probabilities: Float32Array,
) {
  const frequent = mostFrequent(answers);
  let [rows, people, model, baseline] = [0, 0, 0, 0];
  for (const [row, mine] of overlapping(index)) {
    const agreed = majority[row]!;
    rows++;
    people += mine.filter((at) => answers.answer[at] === agreed).length / mine.length;
    if (bestClass(probabilities, row, answers.classes) === agreed) model++;
    if (frequent === agreed) baseline++;
  }
  if (rows === 0) return undefined;
  return { people: people / rows, model: model / rows, baseline: baseline / rows };
}

/** 1 - (error) / (error of always naming the most frequent class), and 0 where that is worse. */
const overBaseline = (agreement: number, baseline: number): number =>
  Math.max(0, 1 - (1 - agreement) / Math.max(1e-6, 1 - baseline));

/** Without overlap nothing compares people with one another: the model is held against the answers. */
function withoutOverlap(answers: Answers, probabilities: Float32Array) {
  const { row, answer, classes } = answers;
  const frequent = mostFrequent(answers);
  let [model, baseline] = [0, 0];
  for (let at = 0; at < row.length; at++) {
    if (bestClass(probabilities, row[at]!, classes) === answer[at]) model++;
    if (answer[at] === frequent) baseline++;
  }
  const share = (count: number) => count / Math.max(1, row.length);
  return { people: assumedRight, model: share(model), baseline: share(baseline) };
}

function weigh(
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
  const answered = majority.filter((said) => said !== noConsensus).length;
  const answersPerRow = answers.row.length / Math.max(1, answered);
  let total = 0;
  for (const who of active) total += annotators[who]!;
  return {
    annotators,
    meanAnnotator: total / Math.max(1, active.size),
    model: overBaseline(agreement.model, agreement.baseline) * Math.sqrt(answersPerRow),
    answerRight: Math.min(0.999, agreement.people),
  };
}

/**
 * The paper's ensemble for one row: the model's probabilities and, per answer, `answerRight` on the
 * class named with the rest spread evenly, averaged by the weights. Written to `out`, which sums to 1.
 *
 * @param mine the row's answers
 */
export function ensembleRow(
  { annotator, answer, classes }: Answers,
  mine: Int32Array,
  { annotators, model, answerRight }: CrowdWeights,
  probabilities: Float32Array,
  out: Float64Array,
): void {
  // Someone always has a say, or a row whose people all weigh nothing would be 0 / 0.
  const floor = 1e-6;
  let total = model + floor;
  for (let k = 0; k < classes; k++) out[k] = total * probabilities[k]!;
  const elsewhere = classes > 1 ? (1 - answerRight) / (classes - 1) : 0;
  for (const at of mine) {
    const weight = annotators[annotator[at]!]! + floor;
    total += weight;
    const named = answer[at]!;
    for (let k = 0; k < classes; k++) out[k]! += weight * elsewhere;
    out[named]! += weight * ((classes > 1 ? answerRight : 1) - elsewhere);
  }
  for (let k = 0; k < classes; k++) out[k]! /= total;
}

/** Mean quality of an annotator's answers, mixed with their agreement with the consensus (paper, 3.3). */
function annotatorQuality(
  answers: Answers,
  index: AnswerIndex,
  consensus: Int32Array,
  answerQuality: Float32Array,
  weights: CrowdWeights,
): Float64Array {
  const { annotators, annotator, answer, row } = answers;
  const [quality, count, agreed, shared] = Array.from({ length: 4 }, () => new Float64Array(annotators)) as [Float64Array, Float64Array, Float64Array, Float64Array]; // prettier-ignore
  const { start } = index;
  for (let at = 0; at < row.length; at++) {
    const who = annotator[at]!;
    quality[who]! += answerQuality[at]!;
    count[who]!++;
    if (start[row[at]! + 1]! - start[row[at]!]! < 2) continue;
    shared[who]!++;
    if (answer[at] === consensus[row[at]!]) agreed[who]!++;
  }
  const answered = Math.max(1, consensus.filter((said) => said !== noConsensus).length);
  const perRow = row.length / answered;
  const model = weights.model / Math.max(1e-9, weights.model + weights.meanAnnotator * perRow);
  return quality.map((sum, who) => {
    if (count[who] === 0) return 0;
    const own = sum / count[who]!;
    return shared[who] === 0 ? own : model * own + (1 - model) * (agreed[who]! / shared[who]!);
  });
}

/**
 * CROWDLAB (Goh, Tkachenko & Mueller 2022): consensus labels and their quality from people and a
 * model, each weighed by how much better it agrees with the majority than always naming the most
 * frequent class would. Weights: w_j = 1 - (1 - s_j) / (1 - A_MLC) from the agreement s_j with the
 * others, w_M = (1 - (1 - A_M) / (1 - A_MLC)) · √(answers per image). The consensus is the class
 * that the weighted mean of model and answers holds most probable. Beyond the paper: an annotator's
 * agreement begins at everybody's (5 pairs strong), so that one shared image decides nothing, and
 * without any overlap the model is held against the answers themselves.
 *
 * @param probabilities rows × classes: the model's, out of fold (a model that saw an answer agrees
 *   with it) and calibrated; rows without answers may be anything from 0 to 1
 * @throws ModelInputError `SHAPE` or `VALUE`, as `indexAnswers`
 */
export function crowdlab(
  answers: Answers,
  probabilities: Float32Array,
  index: AnswerIndex = indexAnswers(answers),
): CrowdConsensus {
  const { rows, classes, answer } = answers;
  const majority = majorityVote(answers, probabilities, index);
  const weights = weigh(answers, index, majority, probabilities);
  const consensus = new Int32Array(rows).fill(noConsensus);
  const quality = new Float32Array(rows);
  const answerQuality = new Float32Array(answer.length);
  const belief = new Float64Array(classes);
  for (let row = 0; row < rows; row++) {
    const mine = index.order.subarray(index.start[row], index.start[row + 1]);
    if (mine.length === 0) continue;
    const said = probabilities.subarray(row * classes, (row + 1) * classes);
    ensembleRow(answers, mine, weights, said, belief);
    consensus[row] = bestClass(belief, 0, classes);
    quality[row] = Math.min(1, belief[consensus[row]!]!);
    for (const at of mine) answerQuality[at] = belief[answer[at]!]!;
  }
  return {
    consensus,
    quality,
    annotatorQuality: annotatorQuality(answers, index, consensus, answerQuality, weights),
    weights,
  };
}
