import { bestClass, indexAnswers, type AnswerIndex, type Answers } from './answers';
import { majorityVote, noConsensus } from './majority';

const iterations = 25;
/** Answers that every annotator is assumed to have given beforehand: right, and spread over the rest. */
const priorRight = 4;
const priorWrong = 1;

/** Each annotator's chance to be right, from how well the answers fit the current belief. */
function accuracies(
  { annotators, annotator, answer, row, classes }: Answers,
  belief: Float64Array,
) {
  const right = new Float64Array(annotators).fill(priorRight);
  const all = new Float64Array(annotators).fill(priorRight + priorWrong);
  for (let at = 0; at < row.length; at++) {
    right[annotator[at]!]! += belief[row[at]! * classes + answer[at]!]!;
    all[annotator[at]!]!++;
  }
  return right.map((value, who) => value / all[who]!);
}

/** How frequent each class is, by the current belief; every class counted once more. */
function priors(rows: Int32Array, classes: number, belief: Float64Array): Float64Array {
  const mass = new Float64Array(classes).fill(1);
  for (const row of rows) for (let k = 0; k < classes; k++) mass[k]! += belief[row * classes + k]!;
  const total = mass.reduce((sum, value) => sum + value, 0);
  return mass.map((value) => value / total);
}

/**
 * Expectation-maximisation over true classes and people (Dawid & Skene 1979), in its form with one
 * accuracy per person: a whole confusion matrix per person has classes² entries, and people give
 * hundreds of answers. The model has no say: it is what CROWDLAB is compared with.
 *
 * @returns consensus: one class per row, -1 where nobody answered; accuracy: one per annotator, 0 to 1
 * @throws ModelInputError as `indexAnswers`
 */
export function dawidSkene(
  answers: Answers,
  index: AnswerIndex = indexAnswers(answers),
): { consensus: Int32Array; accuracy: Float64Array } {
  const { rows, classes, annotator, answer, row } = answers;
  const start = majorityVote(answers, undefined, index);
  const answered = Int32Array.from(start.keys()).filter((at) => start[at] !== noConsensus);
  const belief = new Float64Array(rows * classes);
  for (const at of answered) belief[at * classes + start[at]!] = 1;
  let accuracy = accuracies(answers, belief);
  for (let i = 0; i < iterations; i++) {
    const prior = priors(answered, classes, belief).map(Math.log);
    for (const at of answered) belief.set(prior, at * classes);
    for (let at = 0; at < row.length; at++) {
      // Everybody is wrong sometimes: the prior answers keep this finite.
      const p = accuracy[annotator[at]!]!;
      const odds = Math.log((p * Math.max(1, classes - 1)) / (1 - p));
      belief[row[at]! * classes + answer[at]!]! += odds;
    }
    for (const at of answered) normalise(belief.subarray(at * classes, (at + 1) * classes));
    accuracy = accuracies(answers, belief);
  }
  const consensus = start.map((said, at) =>
    said === noConsensus ? noConsensus : bestClass(belief, at, classes),
  );
  return { consensus, accuracy };
}

/** Softmax in place. */
function normalise(logits: Float64Array): void {
  const top = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  let sum = 0;
  for (let k = 0; k < logits.length; k++) sum += logits[k] = Math.exp(logits[k]! - top);
  for (let k = 0; k < logits.length; k++) logits[k]! /= sum;
}
