import type { DataSource, EntityManager } from 'typeorm';
import { Class } from './class.entity';

/** Reads and writes the table `class`. */
export class ClassRepository {
  constructor(private readonly dataSource: DataSource) {}

  find(id: string): Promise<Class | null> {
    return this.dataSource.manager.findOneBy(Class, { id });
  }

  /** Until the transaction ends, nobody else changes the classes of the dataset. */
  async lockAll(manager: EntityManager, datasetId: string): Promise<Class[]> {
    await manager.query('SELECT pg_advisory_xact_lock(hashtext($1))', [`classes:${datasetId}`]);
    return manager.findBy(Class, { datasetId });
  }

  async reorder(manager: EntityManager, ids: readonly string[]): Promise<void> {
    await manager.query(
      `UPDATE class SET position = given.position - 1
       FROM unnest($1::uuid[]) WITH ORDINALITY AS given (id, position) WHERE class.id = given.id`,
      [ids],
    );
  }

  /**
   * Takes the next places in the split of a class. The row stays locked until the transaction ends, so nobody else gets
   * the same places.
   *
   * @returns the first of them
   */
  async takeSplitPositions(
    manager: EntityManager,
    classId: string,
    count: number,
  ): Promise<number> {
    const [rows] = await manager.query<[{ first: number }[], number]>(
      `UPDATE class SET next_split_position = next_split_position + $2 WHERE id = $1
       RETURNING next_split_position - $2 AS first`,
      [classId, count],
    );
    return rows[0]?.first ?? 0;
  }
}
