import { ModelInputError, requireShape } from '../errors';

/** What people said, as triples: sparse, for most images were answered by few. */
export interface Answers {
  /** Images, 0 to rows - 1; one need not be answered. */
  rows: number;
  classes: number;
  /** People, 0 to annotators - 1; one need not have answered. */
  annotators: number;
  /** Per answer, oldest first: the image, */
  row: Int32Array;
  /** who answered, */
  annotator: Int32Array;
  /** and the class they named. */
  answer: Int32Array;
}

/** The answers of each row, without copying them: those of row r are `order[start[r]…start[r+1]]`. */
export interface AnswerIndex {
  /** rows + 1 */
  start: Int32Array;
  /** Indices of answers, grouped by row, oldest first. */
  order: Int32Array;
}

function requireBelow(what: string, values: Int32Array, limit: number): void {
  const bad = values.find((value) => value < 0 || value >= limit);
  if (bad !== undefined)
    throw new ModelInputError('VALUE', `Answers: ${what} ${bad} is outside 0 to ${limit - 1}`);
}

function requireOnce({ row, annotator }: Answers, { start, order }: AnswerIndex): void {
  for (let r = 0; r + 1 < start.length; r++) {
    const people = new Set<number>();
    for (let i = start[r]!; i < start[r + 1]!; i++) {
      const who = annotator[order[i]!]!;
      if (people.has(who))
        throw new ModelInputError(
          'VALUE',
          `Answers: annotator ${who} answered row ${row[order[i]!]!} twice; hand in the last one`,
        );
      people.add(who);
    }
  }
}

/**
 * Groups answers by row.
 *
 * @throws ModelInputError `SHAPE` (arrays of unequal length) or `VALUE` (an index outside its range,
 *   or two answers of one person to one row)
 */
export function indexAnswers(answers: Answers): AnswerIndex {
  const { rows, classes, annotators, row, annotator, answer } = answers;
  requireShape('Annotators of answers', annotator, row.length);
  requireShape('Classes of answers', answer, row.length);
  requireBelow('row', row, rows);
  requireBelow('annotator', annotator, annotators);
  requireBelow('class', answer, classes);
  const start = new Int32Array(rows + 1);
  for (const r of row) start[r + 1]!++;
  for (let r = 0; r < rows; r++) start[r + 1]! += start[r]!;
  const next = start.slice(0, rows);
  const order = new Int32Array(row.length);
  row.forEach((r, at) => (order[next[r]!++] = at));
  const index = { start, order };
  requireOnce(answers, index);
  return index;
}

/** Refuses probabilities of another shape, and any that is not a finite number from 0 up. */
export function requireProbabilities(values: Float32Array, rows: number, classes: number): void {
  requireShape('Probabilities', values, rows, classes);
  const bad = values.findIndex((value) => !(value >= 0 && value <= 1.001));
  if (bad >= 0)
    throw new ModelInputError(
      'VALUE',
      `Probabilities: row ${Math.floor(bad / classes)} holds ${values[bad]!}, not 0 to 1`,
    );
}

/** The most probable class of a row; the first of equals. */
export function bestClass(values: ArrayLike<number>, row: number, classes: number): number {
  let best = 0;
  for (let k = 1; k < classes; k++)
    if (values[row * classes + k]! > values[row * classes + best]!) best = k;
  return best;
}
