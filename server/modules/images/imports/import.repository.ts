import { In, type DataSource, type EntityManager } from 'typeorm';
import { ImportStatus } from '../../../../shared/enums';
import type { HeldWork } from '../../../jobs/heldWork';
import { liveWorkers } from '../../../jobs/liveWorkers';
import { Import } from './import.entity';

/** Gives imports to workers. */
export class ImportRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** @returns undefined when the import is over or a live worker has it */
  async claim(importId: string, workerId: string): Promise<Import | undefined> {
    const [rows] = await this.dataSource.query<[{ id: string }[], number]>(
      `UPDATE import SET status = 'RUNNING', worker_id = $2, attempts = attempts + 1
       WHERE id = $1 AND status IN ('WAITING', 'RUNNING')
         AND (worker_id IS NULL OR worker_id = $2 OR worker_id NOT IN (${liveWorkers}))
       RETURNING id`,
      [importId, workerId],
    );
    return rows[0] && this.dataSource.manager.findOneByOrFail(Import, { id: importId });
  }

  /** Imports that wait, or whose worker died. */
  async findUnclaimed(): Promise<string[]> {
    const rows: { id: string }[] = await this.dataSource.query(
      `SELECT id FROM import WHERE status = 'WAITING'
         OR (status = 'RUNNING' AND worker_id NOT IN (${liveWorkers}))`,
    );
    return rows.map(({ id }) => id);
  }

  /** Releases what is recorded as running on this worker, but does not run in it. */
  async releaseLost(workerId: string, held: HeldWork): Promise<void> {
    const rows: { id: string; attempts: number }[] = await this.dataSource.query(
      `SELECT id, attempts FROM import WHERE status = 'RUNNING' AND worker_id = $1`,
      [workerId],
    );
    for (const { id, attempts } of rows)
      if (!held.has('import', id))
        await this.dataSource.query(
          `UPDATE import SET status = 'WAITING', worker_id = NULL
           WHERE id = $1 AND attempts = $2 AND status = 'RUNNING' AND worker_id = $3`,
          [id, attempts, workerId],
        );
  }

  /** Whether another import waits for a worker. */
  async othersWait(importId: string): Promise<boolean> {
    const rows: unknown[] = await this.dataSource.query(
      `SELECT 1 FROM import WHERE status = 'WAITING' AND id <> $1 LIMIT 1`,
      [importId],
    );
    return rows.length > 0;
  }

  /**
   * Changes an import that this worker has.
   *
   * @returns false when the import was cancelled or another worker has it
   */
  async change(
    manager: EntityManager,
    { id, workerId }: Import,
    changes: Partial<Import>,
  ): Promise<boolean> {
    if (!workerId) return false;
    const held = { id, workerId, status: ImportStatus.RUNNING };
    const { affected } = await manager.update(Import, held, changes);
    return affected === 1;
  }

  /** @returns false when the import is over already */
  async cancel(manager: EntityManager, id: string): Promise<boolean> {
    const [, count] = await manager.query<[unknown[], number]>(
      `UPDATE import SET status = 'CANCELLED' WHERE id = $1 AND status IN ('WAITING', 'RUNNING')`,
      [id],
    );
    return count === 1;
  }
}

/** Returns the number of imports of a person that have not ended. */
export const countOpenImports = (manager: EntityManager, userId: string): Promise<number> =>
  manager.countBy(Import, { userId, status: In([ImportStatus.WAITING, ImportStatus.RUNNING]) });
