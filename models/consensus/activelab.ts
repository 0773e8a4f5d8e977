import { requireShape } from '../errors';
import { ensembleRow, type CrowdWeights } from './crowdlab';
import { bestClass, indexAnswers, type AnswerIndex, type Answers } from './answers';

export interface ActiveLabInput {
  answers: Answers;
  /** rows × classes: the model's probabilities, out of fold for answered rows. */
  probabilities: Float32Array;
  /** The consensus of each answered row, -1 elsewhere. */
  consensus: Int32Array;
  weights: CrowdWeights;
}

/**
 * Scores the certainty of each image's consensus by ActiveLab (Goh & Mueller 2023). Images with and
 * without answers share one scale, and the image with the lowest score should get the next answer.
 * The score is CROWDLAB's ensemble probability of the consensus, or of the most probable class if
 * there are no answers. It is averaged with one extra annotator who answers at random
 * (1 / classes), so that an image with few answers scores lower than one with many.
 *
 * @returns one per row, 0 to 1
 * @throws ModelInputError `SHAPE` or `VALUE`
 */
export function activeLabScores(
  { answers, probabilities, consensus, weights }: ActiveLabInput,
  index: AnswerIndex = indexAnswers(answers),
): Float32Array {
  const { rows, classes, annotator } = answers;
  requireShape('Probabilities', probabilities, rows, classes);
  requireShape('Consensus', consensus, rows);
  const scores = new Float32Array(rows);
  const belief = new Float64Array(classes);
  const uninformedWeight = weights.meanAnnotator;
  for (let row = 0; row < rows; row++) {
    const rowAnswers = index.order.subarray(index.start[row], index.start[row + 1]);
    const rowProbabilities = probabilities.subarray(row * classes, (row + 1) * classes);
    ensembleRow(answers, rowAnswers, weights, rowProbabilities, belief);
    const consensusClass = consensus[row]! >= 0 ? consensus[row]! : bestClass(belief, 0, classes);
    let total = weights.model;
    for (const index of rowAnswers) total += weights.annotators[annotator[index]!]!;
    const share =
      (total * belief[consensusClass]! + uninformedWeight / classes) /
      Math.max(1e-9, total + uninformedWeight);
    scores[row] = total + uninformedWeight > 0 ? share : 1 / classes;
  }
  return scores;
}

export interface SecondOpinionInput {
  /** `activeLabScores`, one per row. */
  scores: Float32Array;
  /** Answers per row; rows without any are new images. */
  counts: Int32Array;
  /** Rows that can get an answer: new rows, and answered rows that can get another one. */
  candidates: Int32Array;
  /** Expected number of answers before the next run. */
  batch: number;
}

/**
 * Minimum share of second opinions in a batch. The weights of model and annotators can only be
 * measured on images with several answers. The value was chosen on seeds 101 and 102 of
 * Caltech-101: twice the share gains one point of consensus accuracy, but labels a seventh fewer
 * images.
 */
export const minSecondOpinionShare = 0.25;

/**
 * Selects the answered images that get another answer in the next batch, the lowest score first:
 * those that ActiveLab ranks among the batch, but at least a quarter of the batch.
 */
export function secondOpinions({ scores, counts, candidates, batch }: SecondOpinionInput) {
  const order = candidates.slice().sort((a, b) => scores[a]! - scores[b]! || a - b);
  const answered = order.filter((row) => counts[row]! > 0);
  const ranked = order.subarray(0, batch).filter((row) => counts[row]! > 0).length;
  return answered.subarray(0, Math.max(ranked, Math.round(batch * minSecondOpinionShare)));
}
