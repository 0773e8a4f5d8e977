import { MigrationExecutor, type DataSource, type QueryRunner } from 'typeorm';
import { requireSupportedVersion } from './serverVersion';

/** Versions before this one take the same lock for their migrations. */
const startLock = 0x1abe1;
const lockNotAvailable = '55P03';

/**
 * Brings the tables to this version, and then runs `createQueues`. Processes that start at once take
 * turns, because statements that change tables deadlock with each other.
 *
 * @throws Error with a sentence for the operator
 */
export async function prepareDatabase(
  dataSource: DataSource,
  {
    createQueues,
    maxWaitSeconds = 1_800,
  }: {
    createQueues?: () => Promise<void>;
    /** How long the other processes may take. */
    maxWaitSeconds?: number;
  } = {},
): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    await requireSupportedVersion(runner);
    // A migration of a large database may take longer than any other statement.
    await runner.query('SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0');
    await takeTurn(runner, maxWaitSeconds);
    try {
      const executor = new MigrationExecutor(dataSource, runner);
      executor.transaction = dataSource.options.migrationsTransactionMode ?? 'all';
      await executor.executePendingMigrations();
      await createQueues?.();
    } finally {
      await runner.query('SELECT pg_advisory_unlock($1)', [startLock]).catch(() => {});
    }
  } finally {
    await runner
      .query('RESET statement_timeout; RESET idle_in_transaction_session_timeout')
      .catch(() => {});
    await runner.release();
  }
}

async function takeTurn(runner: QueryRunner, maxWaitSeconds: number): Promise<void> {
  await runner.query(`SET lock_timeout = '${maxWaitSeconds}s'`);
  try {
    await runner.query('SELECT pg_advisory_lock($1)', [startLock]);
  } catch (error) {
    if ((error as { code?: string }).code !== lockNotAvailable) throw error;
    throw new Error(
      `Another process has been preparing this database for ${maxWaitSeconds} s. ` +
        'Wait until it is ready, or stop it, and start again.',
      { cause: error },
    );
  } finally {
    await runner.query('RESET lock_timeout').catch(() => {});
  }
}
