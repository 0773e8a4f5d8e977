import PgBoss from 'pg-boss';
import type { Logger } from 'pino';
import type { EntityManager } from 'typeorm';
import { JobDatabase } from './jobDatabase';
import {
  jobNames,
  jobSchedule,
  jobSettings,
  type JobHandlers,
  type JobMap,
  type JobName,
} from './jobMap';

const pollingIntervalSeconds = 0.5;

export interface SendOptions {
  /** The job exists only if this transaction commits. */
  manager?: EntityManager | undefined;
  /** Number of jobs that the same person has already. People with fewer go first. */
  behind?: number;
}

/**
 * The job queue on PostgreSQL. At most one job per kind and key waits, because a second one would
 * be the same work.
 */
export class JobQueue {
  private readonly boss: PgBoss;
  private readonly database: JobDatabase;
  private readonly workers = new Map<JobName, string>();
  private readonly stopped = new AbortController();

  constructor(
    databaseUrl: string,
    private readonly logger: Logger,
    /** Only workers supervise the queue and run its schedule. */
    supervise: boolean,
  ) {
    const report = (error: Error) => this.logger.error({ err: error }, 'job queue');
    this.database = new JobDatabase(databaseUrl, report);
    this.boss = new PgBoss({
      db: this.database,
      supervise,
      schedule: supervise,
      archiveCompletedAfterSeconds: 600,
      deleteAfterHours: 24,
    });
    this.boss.on('error', report);
  }

  async start(): Promise<void> {
    await this.boss.start();
    for (const name of jobNames) {
      const { expireInMinutes, retryLimit } = jobSettings[name];
      const options = {
        name,
        policy: 'short' as const,
        expireInMinutes,
        retryLimit,
        retryBackoff: true,
      };
      await this.boss.createQueue(name, options);
    }
  }

  async send<N extends JobName>(
    name: N,
    data: JobMap[N],
    { manager, behind = 0 }: SendOptions = {},
  ): Promise<void> {
    const [key] = Object.values(data);
    await this.boss.send(name, data, {
      priority: -behind,
      ...(key && { singletonKey: key }),
      ...(manager && { db: databaseOf(manager) }),
    });
    // If this process takes such jobs itself, it does not wait for the next poll.
    if (!manager) this.wake(name);
  }

  /** Starts to take jobs. A missing handler does not compile. */
  async work(handlers: JobHandlers): Promise<void> {
    this.database.repeatUntil(this.stopped.signal);
    for (const name of jobNames) this.workers.set(name, await this.workOn(name, handlers));
    for (const [name, cron] of Object.entries(jobSchedule)) await this.boss.schedule(name, cron);
  }

  /** Looks for jobs of this kind now instead of at the next poll. */
  wake(name: JobName): void {
    const worker = this.workers.get(name);
    if (worker) this.boss.notifyWorker(worker);
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await this.boss.stop({ graceful: true, timeout: 5_000, wait: true });
    await this.database.close();
  }

  private workOn<N extends JobName>(name: N, handlers: JobHandlers): Promise<string> {
    return this.boss.work<JobMap[N]>(name, { pollingIntervalSeconds }, async (jobs) => {
      for (const job of jobs) {
        try {
          await handlers[name](job.data, this.stopped.signal);
        } catch (error) {
          this.logger.error({ err: error, job: name, data: job.data }, 'job failed');
          throw error;
        } finally {
          // Another job of this kind may be waiting, and it should not wait for the next poll.
          this.wake(name);
        }
      }
    });
  }
}

function databaseOf(manager: EntityManager): PgBoss.Db {
  return {
    executeSql: async (text, values) => ({
      rows: await manager.query<unknown[]>(text, values as unknown[]),
    }),
  };
}
