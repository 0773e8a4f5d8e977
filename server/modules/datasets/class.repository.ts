import { In, type DataSource, type EntityManager } from 'typeorm';
import { lockName } from '../../database/namedLock';
import { limits } from '../../../shared/limits';
import { Class } from './class.entity';

/** Reads and writes the table `class`. */
export class ClassRepository {
  constructor(private readonly dataSource: DataSource) {}

  find(id: string): Promise<Class | null> {
    return this.dataSource.manager.findOneBy(Class, { id });
  }

  /**
   * Returns the classes in the order of each dataset. Many datasets can have hundreds of thousands
   * of classes, so each statement reads a part that does not block the event loop for long.
   */
  async ofDatasets(datasetIds: readonly string[]): Promise<Class[]> {
    const classes: Class[] = [];
    for (const ids of await this.parts(datasetIds)) {
      const where = { datasetId: In(ids) };
      const order = { position: 'ASC', id: 'ASC' } as const;
      classes.push(...(await this.dataSource.manager.find(Class, { where, order })));
    }
    return classes;
  }

  /** Divides the datasets into parts. Each part has at most `limits.maxClasses` classes. */
  private async parts(datasetIds: readonly string[]): Promise<string[][]> {
    if (datasetIds.length <= 1) return [[...datasetIds]];
    const counts: { dataset_id: string; count: number }[] = await this.dataSource.query(
      `SELECT dataset_id, count(*)::int AS count FROM class WHERE dataset_id = ANY($1::uuid[])
       GROUP BY dataset_id`,
      [datasetIds],
    );
    const parts: string[][] = [];
    let room = 0;
    for (const { dataset_id: id, count } of counts) {
      if (parts.length === 0 || count > room) {
        parts.push([]);
        room = limits.maxClasses;
      }
      parts.at(-1)?.push(id);
      room -= count;
    }
    return parts;
  }

  /** Until the transaction ends, nobody else changes the classes of the dataset. */
  async lockAll(manager: EntityManager, datasetId: string): Promise<Class[]> {
    await lockName(manager, `classes:${datasetId}`);
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
