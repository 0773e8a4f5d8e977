import type { DataSource } from 'typeorm';

/** SQL condition: the worker sent a heartbeat in the last 10 seconds. */
const isLiveWorker = `seen_at > clock_timestamp() - interval '10 seconds'`;

/** SQL query: the ids of the live workers. What another worker claimed is free again. */
export const liveWorkers = `SELECT id FROM worker WHERE ${isLiveWorker}`;

export async function countLiveWorkers(dataSource: DataSource): Promise<number> {
  const rows: { count: number }[] = await dataSource.query(
    `SELECT count(*)::int AS count FROM worker WHERE ${isLiveWorker}`,
  );
  return rows[0]?.count ?? 0;
}

/** Whether a live worker has the backbone. */
export async function hasLiveWorker(dataSource: DataSource, backboneId: string): Promise<boolean> {
  const found: unknown[] = await dataSource.query(
    `SELECT 1 FROM worker WHERE $1 = ANY(backbone_ids) AND ${isLiveWorker} LIMIT 1`,
    [backboneId],
  );
  return found.length > 0;
}
