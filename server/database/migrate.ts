import type { DataSource } from 'typeorm';

const migrationLock = 0x1abe1;

/** Updates the database schema. Replicas that start at once wait for each other. */
export async function migrate(dataSource: DataSource): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query('SELECT pg_advisory_lock($1)', [migrationLock]);
    await dataSource.runMigrations();
  } finally {
    await runner.query('SELECT pg_advisory_unlock($1)', [migrationLock]).catch(() => {});
    await runner.release();
  }
}
