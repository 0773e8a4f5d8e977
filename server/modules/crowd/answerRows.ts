import type { DataSource } from 'typeorm';
import type { Answers } from '../../../models/consensus';

/** One person's answer in force to an image. */
export interface AnswerRow {
  image_id: string;
  ordinal: number;
  user_id: string;
  class_id: string;
  version: number;
  /** Whether a person or a gold class settled the image. No run changes it then. */
  settled: boolean;
}

/**
 * Reads answers in force, oldest first, without extra labels and archived classes.
 *
 * @param options.without ids of images to leave out
 */
export function readAnswers(
  dataSource: DataSource,
  datasetId: string,
  { sharedOnly = false, without = [] }: { sharedOnly?: boolean; without?: readonly string[] } = {},
): Promise<AnswerRow[]> {
  return dataSource.query(
    `SELECT image.id AS image_id, image.ordinal, label.user_id, label.class_id, image.version,
       image.decided_by IS NOT NULL OR image.is_gold AS settled
     FROM label JOIN image ON image.id = label.image_id
     JOIN class ON class.id = label.class_id AND class.archived_at IS NULL
     WHERE label.dataset_id = $1 AND label.in_force AND NOT label.extra
       AND label.image_id <> ALL($2::uuid[]) ${sharedOnly ? isShared : ''}
     ORDER BY label.created_at, label.id`,
    [datasetId, without],
  );
}

const isShared = `AND EXISTS (SELECT 1 FROM label other WHERE other.image_id = label.image_id
  AND other.in_force AND NOT other.extra AND other.user_id <> label.user_id)`;

/** Numbers ids in the order of their first appearance. */
export class Numbering {
  readonly ids: string[] = [];
  private readonly numbers = new Map<string, number>();

  of(id: string): number {
    const known = this.numbers.get(id);
    if (known !== undefined) return known;
    this.numbers.set(id, this.ids.length);
    return this.ids.push(id) - 1;
  }
}

/** Converts answers to the form that the models take. */
export function toAnswers(
  rows: readonly AnswerRow[],
  rowOf: (row: AnswerRow) => number,
  classOf: (classId: string) => number,
  size: { rows: number; classes: number },
): { answers: Answers; people: string[] } {
  const people = new Numbering();
  const annotator = Int32Array.from(rows, ({ user_id: id }) => people.of(id));
  const row = Int32Array.from(rows, rowOf);
  const answer = Int32Array.from(rows, ({ class_id: id }) => classOf(id));
  const answers = { ...size, annotators: people.ids.length, row, annotator, answer };
  return { answers, people: people.ids };
}
