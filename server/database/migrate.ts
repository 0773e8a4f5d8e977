import { MigrationExecutor, type DataSource } from 'typeorm';

const migrationLock = 0x1abe1;

/** Updates the database schema. Replicas that start at once wait for each other. */
export async function migrate(dataSource: DataSource): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    // A migration of a large database may take longer than any other statement.
    await runner.query('SET statement_timeout = 0');
    await runner.query('SELECT pg_advisory_lock($1)', [migrationLock]);
    const executor = new MigrationExecutor(dataSource, runner);
    executor.transaction = dataSource.options.migrationsTransactionMode ?? 'all';
    await executor.executePendingMigrations();
  } finally {
    await runner.query('SELECT pg_advisory_unlock($1)', [migrationLock]).catch(() => {});
    await runner.query('RESET statement_timeout').catch(() => {});
    await runner.release();
  }
}
