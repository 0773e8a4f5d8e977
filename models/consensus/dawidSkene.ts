import { bestClass, indexAnswers, type AnswerIndex, type Answers } from './answers';
import { majorityVote, noConsensus } from './majority';

const iterations = 25;
/** Pseudo-counts of correct and incorrect answers that every annotator starts with. */
const priorCorrect = 4;
const priorIncorrect = 1;

/** Estimates the accuracy of each annotator from the current class probabilities. */
function accuracies(
  { annotators, annotator, answer, row, classes }: Answers,
  belief: Float64Array,
) {
  const correct = new Float64Array(annotators).fill(priorCorrect);
  const answerCounts = new Float64Array(annotators).fill(priorCorrect + priorIncorrect);
  for (let i = 0; i < row.length; i++) {
    correct[annotator[i]!]! += belief[row[i]! * classes + answer[i]!]!;
    answerCounts[annotator[i]!]!++;
  }
  return correct.map((value, person) => value / answerCounts[person]!);
}

/** Estimates the class frequencies from the current class probabilities, with add-one smoothing. */
function priors(rows: Int32Array, classes: number, belief: Float64Array): Float64Array {
  const mass = new Float64Array(classes).fill(1);
  for (const row of rows) for (let k = 0; k < classes; k++) mass[k]! += belief[row * classes + k]!;
  const total = mass.reduce((sum, value) => sum + value, 0);
  return mass.map((value) => value / total);
}

/**
 * Estimates the consensus and the annotators' accuracies by expectation-maximisation (Dawid & Skene
 * 1979). It fits one accuracy per annotator, because a confusion matrix has classes² entries and
 * annotators give only hundreds of answers. It uses no model predictions and is the baseline for
 * CROWDLAB.
 *
 * @returns consensus: one class per row, -1 without answers; accuracy: one per annotator, 0 to 1
 * @throws ModelInputError as `indexAnswers`
 */
export function dawidSkene(
  answers: Answers,
  index: AnswerIndex = indexAnswers(answers),
): { consensus: Int32Array; accuracy: Float64Array } {
  const { rows, classes, annotator, answer, row } = answers;
  const start = majorityVote(answers, undefined, index);
  const answered = Int32Array.from(start.keys()).filter(
    (position) => start[position] !== noConsensus,
  );
  const belief = new Float64Array(rows * classes);
  for (const position of answered) belief[position * classes + start[position]!] = 1;
  let accuracy = accuracies(answers, belief);
  for (let iteration = 0; iteration < iterations; iteration++) {
    const prior = priors(answered, classes, belief).map(Math.log);
    for (const position of answered) belief.set(prior, position * classes);
    for (let position = 0; position < row.length; position++) {
      // The pseudo-counts keep the accuracy below 1, so the odds stay finite.
      const p = accuracy[annotator[position]!]!;
      const odds = Math.log((p * Math.max(1, classes - 1)) / (1 - p));
      belief[row[position]! * classes + answer[position]!]! += odds;
    }
    for (const position of answered)
      normalise(belief.subarray(position * classes, (position + 1) * classes));
    accuracy = accuracies(answers, belief);
  }
  const consensus = start.map((classIndex, position) =>
    classIndex === noConsensus ? noConsensus : bestClass(belief, position, classes),
  );
  return { consensus, accuracy };
}

/** Applies softmax in place. */
function normalise(logits: Float64Array): void {
  const top = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  let sum = 0;
  for (let k = 0; k < logits.length; k++) sum += logits[k] = Math.exp(logits[k]! - top);
  for (let k = 0; k < logits.length; k++) logits[k]! /= sum;
}
