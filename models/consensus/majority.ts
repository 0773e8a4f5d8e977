import { indexAnswers, requireProbabilities, type AnswerIndex, type Answers } from './answers';

/** The consensus of a row without answers. */
export const noConsensus = -1;

/** Finds the class with the most votes in one row; ties go to the model, then the newest answer. */
function winner(
  { answer, classes }: Answers,
  rowAnswers: Int32Array,
  row: number,
  probabilities: Float32Array | undefined,
): number {
  const votes = new Map<number, number>();
  for (const i of rowAnswers) votes.set(answer[i]!, (votes.get(answer[i]!) ?? 0) + 1);
  const probability = (k: number) => probabilities?.[row * classes + k] ?? 0;
  let best = noConsensus;
  // The newest answer comes first, so an older one must be strictly better to replace it.
  for (let i = rowAnswers.length - 1; i >= 0; i--) {
    const k = answer[rowAnswers[i]!]!;
    const lead = (votes.get(k) ?? 0) - (votes.get(best) ?? 0);
    if (lead > 0 || (lead === 0 && probability(k) > probability(best))) best = k;
  }
  return best;
}

/**
 * Computes the majority vote of each row. Ties go to the more probable class, if probabilities are
 * given, and then to the newest answer.
 *
 * @param probabilities rows × classes, out of fold
 * @returns one class per row, -1 for rows without answers
 * @throws ModelInputError as `indexAnswers`, and for probabilities of another shape or not 0 to 1
 */
export function majorityVote(
  answers: Answers,
  probabilities?: Float32Array,
  index: AnswerIndex = indexAnswers(answers),
): Int32Array {
  if (probabilities) requireProbabilities(probabilities, answers.rows, answers.classes);
  const consensus = new Int32Array(answers.rows).fill(noConsensus);
  const { start, order } = index;
  for (let row = 0; row < answers.rows; row++) {
    const rowAnswers = order.subarray(start[row], start[row + 1]);
    consensus[row] = winner(answers, rowAnswers, row, probabilities);
  }
  return consensus;
}
