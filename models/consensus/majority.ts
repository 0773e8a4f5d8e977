import { indexAnswers, requireProbabilities, type AnswerIndex, type Answers } from './answers';

/** A row that nobody answered. */
export const noConsensus = -1;

/** The winner among the answers of one row: most votes, then the model, then the newest answer. */
function winner(
  { answer, classes }: Answers,
  mine: Int32Array,
  row: number,
  probabilities: Float32Array | undefined,
): number {
  const votes = new Map<number, number>();
  for (const at of mine) votes.set(answer[at]!, (votes.get(answer[at]!) ?? 0) + 1);
  const belief = (k: number) => probabilities?.[row * classes + k] ?? 0;
  let best = noConsensus;
  // Newest first: a later candidate has to be strictly better.
  for (let i = mine.length - 1; i >= 0; i--) {
    const k = answer[mine[i]!]!;
    const lead = (votes.get(k) ?? 0) - (votes.get(best) ?? 0);
    if (lead > 0 || (lead === 0 && belief(k) > belief(best))) best = k;
  }
  return best;
}

/**
 * What most people said of each row. Ties go to the class that the model holds more probable, where
 * probabilities are given, and then to the newest answer.
 *
 * @param probabilities rows × classes, out of fold
 * @returns one class per row, -1 where nobody answered
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
  for (let row = 0; row < answers.rows; row++)
    consensus[row] = winner(answers, order.subarray(start[row], start[row + 1]), row, probabilities); // prettier-ignore
  return consensus;
}
