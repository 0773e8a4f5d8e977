import type { DataSource } from 'typeorm';

/** Deletes counters whose period is over. */
export async function pruneRateCounters(dataSource: DataSource): Promise<void> {
  await dataSource.query('DELETE FROM rate_counter WHERE expire < $1', [Date.now()]);
}
