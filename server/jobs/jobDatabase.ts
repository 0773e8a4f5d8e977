import type PgBoss from 'pg-boss';
import { Pool } from 'pg';
import { SteadyClient } from '../database/steadyClient';
import { untilWritten } from '../database/untilWritten';

const maxConnections = 5;

/**
 * The connections of the job queue. pg-boss does not wait for the write that ends a job. If the
 * connection is lost during it, the job would look as if it still ran. So a worker repeats every
 * statement until the database can be reached. Each of them may be repeated, because a job that starts
 * twice notices that it is stale.
 */
export class JobDatabase implements PgBoss.Db {
  private readonly pool: Pool;
  private repeatsUntil: AbortSignal | undefined;

  constructor(connectionString: string, onError: (error: Error) => void) {
    this.pool = new Pool({
      connectionString,
      Client: SteadyClient,
      max: maxConnections,
      application_name: 'pgboss',
    });
    this.pool.on('error', onError);
  }

  /** Repeats statements from now on, until the signal. */
  repeatUntil(signal: AbortSignal): void {
    this.repeatsUntil = signal;
  }

  executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }> {
    const run = () => this.pool.query(text, values);
    return this.repeatsUntil ? untilWritten(run, this.repeatsUntil) : run();
  }

  /** Closes the connections. A second call does nothing. */
  async close(): Promise<void> {
    if (!this.pool.ending) await this.pool.end();
  }
}
