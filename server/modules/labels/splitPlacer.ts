import type { EntityManager } from 'typeorm';
import { assignSplit } from '../../../models/training';
import type { Split } from '../../../shared/enums';

/**
 * Assigns images of one class to the train, validation or test split, in the order of their labels.
 * The row of the class stays locked until the transaction ends, so no place is given twice.
 */
export async function placeInSplit(
  manager: EntityManager,
  splitSeed: string,
  classId: string,
  count: number,
): Promise<Split[]> {
  const [rows] = await manager.query<[{ first: number }[], number]>(
    `UPDATE class SET next_split_position = next_split_position + $2 WHERE id = $1
     RETURNING next_split_position - $2 AS first`,
    [classId, count],
  );
  const first = rows[0]?.first ?? 0;
  return Array.from(
    { length: count },
    (_, index) =>
      assignSplit({ seed: splitSeed, classKey: classId, position: first + index }) as Split,
  );
}
