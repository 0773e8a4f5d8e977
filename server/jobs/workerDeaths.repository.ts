import type { DataSource } from 'typeorm';
import { liveWorkers } from './liveWorkers';

/**
 * Counts how often a worker died while it did a piece of work. A worker records what it starts and
 * deletes the record when the work ends, with success or not. A record that a dead worker left is a
 * death.
 */
export class WorkerDeathsRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly workerId: string,
  ) {}

  /** Takes up the work. @returns the number of workers that died with it */
  begin(kind: string, key: string): Promise<number> {
    return this.dataSource.transaction(async (manager) => {
      await manager.query(
        `WITH dead AS (DELETE FROM work_in_hand
           WHERE kind = $1 AND key = $2 AND worker_id <> $3 AND worker_id NOT IN (${liveWorkers})
           RETURNING 1)
         INSERT INTO worker_death (kind, key, deaths)
           SELECT $1, $2, count(*) FROM dead HAVING count(*) > 0
         ON CONFLICT (kind, key) DO UPDATE
           SET deaths = worker_death.deaths + excluded.deaths, last_at = clock_timestamp()`,
        [kind, key, this.workerId],
      );
      await manager.query(
        `INSERT INTO work_in_hand (kind, key, worker_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
        [kind, key, this.workerId],
      );
      const rows: { deaths: number }[] = await manager.query(
        'SELECT deaths FROM worker_death WHERE kind = $1 AND key = $2',
        [kind, key],
      );
      return rows[0]?.deaths ?? 0;
    });
  }

  async end(kind: string, key: string): Promise<void> {
    await this.dataSource.query(
      'DELETE FROM work_in_hand WHERE kind = $1 AND key = $2 AND worker_id = $3',
      [kind, key, this.workerId],
    );
  }

  /** Starts to count again: the work was done, or has been given up. */
  async forget(kind: string, key: string): Promise<void> {
    await this.dataSource.query('DELETE FROM worker_death WHERE kind = $1 AND key = $2', [
      kind,
      key,
    ]);
  }

  /** Deletes the records of a worker that ends normally. */
  async release(): Promise<void> {
    await this.dataSource.query('DELETE FROM work_in_hand WHERE worker_id = $1', [this.workerId]);
  }

  /** Old deaths do not count: a machine that is switched off every night is not the work's fault. */
  static async prune(dataSource: DataSource): Promise<void> {
    await dataSource.query(
      `DELETE FROM worker_death WHERE last_at < clock_timestamp() - interval '1 day'`,
    );
  }
}
