import { ModelInputError, requireShape } from '../errors';

/** The answers of annotators as sparse triples, because most images have few answers. */
export interface Answers {
  /** Number of images. An image may have no answers. */
  rows: number;
  classes: number;
  /** Number of annotators. An annotator may have no answers. */
  annotators: number;
  /** The image of each answer, 0 to rows - 1, oldest answer first. */
  row: Int32Array;
  /** The annotator of each answer, 0 to annotators - 1. */
  annotator: Int32Array;
  /** The class of each answer, 0 to classes - 1. */
  answer: Int32Array;
}

/** Answers grouped by row: those of row r are `order[start[r]]` to `order[start[r + 1] - 1]`. */
export interface AnswerIndex {
  /** rows + 1 offsets into `order`. */
  start: Int32Array;
  /** Indices of answers, grouped by row, oldest first. */
  order: Int32Array;
}

function requireBelow(what: string, values: Int32Array, limit: number): void {
  const bad = values.find((value) => value < 0 || value >= limit);
  if (bad !== undefined)
    throw new ModelInputError('VALUE', `Answers: ${what} ${bad} is outside 0 to ${limit - 1}`);
}

function requireOneAnswerEach({ row, annotator }: Answers, { start, order }: AnswerIndex): void {
  for (let r = 0; r + 1 < start.length; r++) {
    const seen = new Set<number>();
    for (let i = start[r]!; i < start[r + 1]!; i++) {
      const person = annotator[order[i]!]!;
      if (seen.has(person))
        throw new ModelInputError(
          'VALUE',
          `Answers: annotator ${person} answered row ${row[order[i]!]!} twice; pass one answer`,
        );
      seen.add(person);
    }
  }
}

/**
 * Groups answers by row.
 *
 * @throws ModelInputError `SHAPE` (arrays of unequal length) or `VALUE` (an index outside its
 *   range, or two answers by one annotator to one row)
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
  row.forEach((r, position) => (order[next[r]!++] = position));
  const index = { start, order };
  requireOneAnswerEach(answers, index);
  return index;
}

/** Throws if probabilities have another shape or a value that is not 0 to 1. */
export function requireProbabilities(values: Float32Array, rows: number, classes: number): void {
  requireShape('Probabilities', values, rows, classes);
  const bad = values.findIndex((value) => !(value >= 0 && value <= 1.001));
  if (bad >= 0)
    throw new ModelInputError(
      'VALUE',
      `Probabilities: row ${Math.floor(bad / classes)} holds ${values[bad]!}, not 0 to 1`,
    );
}

/** Finds the most probable class of a row. At a tie, the first one wins. */
export function bestClass(values: ArrayLike<number>, row: number, classes: number): number {
  let best = 0;
  for (let k = 1; k < classes; k++)
    if (values[row * classes + k]! > values[row * classes + best]!) best = k;
  return best;
}
