import type { DataSource } from 'typeorm';
import { liveWorkers } from '../../jobs/liveWorkers';
import { Import } from './import.entity';

/** Gives imports to workers. */
export class ImportRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** @returns undefined when the import is over or a live worker has it */
  async claim(importId: string, workerId: string): Promise<Import | undefined> {
    const [rows] = await this.dataSource.query<[{ id: string }[], number]>(
      `UPDATE import SET status = 'RUNNING', worker_id = $2 WHERE id = $1 AND status IN ('WAITING', 'RUNNING')
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
}
