import { requireShape } from '../errors';
import { ensembleRow, type CrowdWeights } from './crowdlab';
import { bestClass, indexAnswers, type AnswerIndex, type Answers } from './answers';

export interface ActiveLabInput {
  answers: Answers;
  /** rows × classes: the model's, out of fold where answered. */
  probabilities: Float32Array;
  /** The consensus of each answered row, -1 elsewhere. */
  consensus: Int32Array;
  weights: CrowdWeights;
}

/**
 * ActiveLab (Goh & Mueller 2023): how well each image is settled, on one scale for images with and
 * without answers; the lowest is asked about next, be it for the first time or once more. The score
 * is the probability of the consensus (without answers: of the model's class) by CROWDLAB's
 * ensemble, averaged with one further annotator who knows nothing (1 / classes), so that an image
 * that few have answered counts as less settled than one that many have.
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
  const unsure = weights.meanAnnotator;
  for (let row = 0; row < rows; row++) {
    const mine = index.order.subarray(index.start[row], index.start[row + 1]);
    const said = probabilities.subarray(row * classes, (row + 1) * classes);
    ensembleRow(answers, mine, weights, said, belief);
    const settled = consensus[row]! >= 0 ? consensus[row]! : bestClass(belief, 0, classes);
    let total = weights.model;
    for (const at of mine) total += weights.annotators[annotator[at]!]!;
    const share = (total * belief[settled]! + unsure / classes) / Math.max(1e-9, total + unsure);
    scores[row] = total + unsure > 0 ? share : 1 / classes;
  }
  return scores;
}

export interface SecondOpinionInput {
  /** `activeLabScores`, one per row. */
  scores: Float32Array;
  /** Answers per row; rows without any are new images. */
  counts: Int32Array;
  /** Rows that may be asked about: new ones, and answered ones that may be asked again. */
  candidates: Int32Array;
  /** Answers that will be given before the next run. */
  batch: number;
}

/**
 * At least so many of the next answers are second opinions: model and people can only be weighed
 * where several answered. Chosen on Caltech-101's seeds 101 and 102: twice as many buy one point of
 * consensus for a seventh of the images.
 */
export const minSecondOpinionShare = 0.25;

/**
 * Which answered images get a further answer within the next batch, the least settled first: those
 * that ActiveLab ranks among the batch, and at least a quarter of it.
 */
export function secondOpinions({ scores, counts, candidates, batch }: SecondOpinionInput) {
  const order = candidates.slice().sort((a, b) => scores[a]! - scores[b]! || a - b);
  const answered = order.filter((row) => counts[row]! > 0);
  const ranked = order.subarray(0, batch).filter((row) => counts[row]! > 0).length;
  return answered.subarray(0, Math.max(ranked, Math.round(batch * minSecondOpinionShare)));
}
