import type { DataSource, EntityManager } from 'typeorm';
import { RetrainRunStatus, type RetrainRunPhase } from '../../../../shared/enums';
import { RetrainRun, type RunMetricsRecord } from '../retrainRun.entity';

type AttemptKey = Pick<RetrainRun, 'id' | 'attempt'>;

/** What people see of a run while it is at work. */
export interface ProgressRecord {
  phase: RetrainRunPhase;
  percent: number;
  secondsLeft: number;
  loss: number | null;
  accuracy: number | null;
  note: string | null;
}

/** How an unpublished attempt ended. */
interface RunEnd {
  status: RetrainRunStatus;
  failure: string | null;
  /** Whether it was not published because its model was far worse than the current one. */
  refused: boolean;
}

/**
 * Reads and writes the row of a run for the worker that executes it. Each write names the attempt, so a worker
 * that lost the run changes nothing.
 */
export class RunAttemptRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Starts the next attempt. @returns undefined when the run is not queued any more */
  async start(runId: string, workerId: string): Promise<RetrainRun | undefined> {
    const [rows] = await this.dataSource.query<[{ id: string }[], number]>(
      `UPDATE retrain_run SET status = 'RUNNING', attempt = attempt + 1, worker_id = $2,
         started_at = coalesce(started_at, clock_timestamp())
       WHERE id = $1 AND status = 'QUEUED' RETURNING id`,
      [runId, workerId],
    );
    return rows[0] && this.dataSource.manager.findOneByOrFail(RetrainRun, { id: runId });
  }

  /** Ends a queued run that no worker may take up any more. @returns undefined when it is not queued */
  async giveUp(
    manager: EntityManager,
    runId: string,
    failure: string,
  ): Promise<RetrainRun | undefined> {
    const [rows] = await manager.query<[unknown[], number]>(
      `UPDATE retrain_run SET finished_at = clock_timestamp(), seconds_left = NULL,
         status = CASE WHEN cancel_requested_at IS NULL THEN 'FAILED' ELSE 'CANCELLED' END,
         failure = CASE WHEN cancel_requested_at IS NULL THEN $2 END
       WHERE id = $1 AND status = 'QUEUED' RETURNING id`,
      [runId, failure],
    );
    if (rows.length === 0) return undefined;
    return manager.findOneByOrFail(RetrainRun, { id: runId });
  }

  /** @returns undefined when the attempt is over, else whether people cancelled the run */
  async saveProgress(
    manager: EntityManager,
    { id, attempt }: AttemptKey,
    { phase, percent, secondsLeft, loss, accuracy, note }: ProgressRecord,
  ): Promise<{ cancelled: boolean } | undefined> {
    const [rows] = await manager.query<[{ cancelled: Date | null }[], number]>(
      `UPDATE retrain_run SET phase = $3, percent = $4, seconds_left = $5, loss = $6, accuracy = $7, note = $8
       WHERE id = $1 AND attempt = $2 AND status = 'RUNNING' RETURNING cancel_requested_at AS cancelled`,
      [id, attempt, phase, percent, secondsLeft, loss, accuracy, note],
    );
    return rows[0] && { cancelled: rows[0].cancelled !== null };
  }

  /** Records which labels the run learns from. */
  async saveSnapshot(
    manager: EntityManager,
    runId: string,
    {
      eventId,
      labelCount,
      classCount,
    }: { eventId: string; labelCount: number; classCount: number },
  ): Promise<void> {
    await manager.query(
      'UPDATE retrain_run SET snapshot_event_id = $2, label_count = $3, class_count = $4 WHERE id = $1',
      [runId, eventId, labelCount, classCount],
    );
  }

  /** @returns false when the attempt is over or people cancelled the run */
  async publish(
    manager: EntityManager,
    { id, attempt }: AttemptKey,
    { metrics, engine }: { metrics: RunMetricsRecord; engine: string },
  ): Promise<boolean> {
    const [rows] = await manager.query<[unknown[], number]>(
      `UPDATE retrain_run SET status = 'PUBLISHED', percent = 100, seconds_left = 0, metrics = $3,
         engine = concat_ws(', ', engine, $4::text),
         published_at = clock_timestamp(), finished_at = clock_timestamp()
       WHERE id = $1 AND attempt = $2 AND status = 'RUNNING' AND cancel_requested_at IS NULL RETURNING id`,
      [id, attempt, JSON.stringify(metrics), engine],
    );
    return rows.length > 0;
  }

  isPublished({ id, attempt }: AttemptKey): Promise<boolean> {
    const status = RetrainRunStatus.PUBLISHED;
    return this.dataSource.manager.existsBy(RetrainRun, { id, attempt, status });
  }

  async isCancelRequested(id: string): Promise<boolean> {
    const run = await this.dataSource.manager.findOneBy(RetrainRun, { id });
    return Boolean(run?.cancelRequestedAt);
  }

  /** Ends an attempt that published nothing. @returns false when it was over already */
  async end(
    manager: EntityManager,
    { id, attempt }: AttemptKey,
    { status, failure, refused }: RunEnd,
  ): Promise<boolean> {
    const [rows] = await manager.query<[unknown[], number]>(
      `UPDATE retrain_run SET status = $3, failure = $4, refused = $5, seconds_left = NULL,
         finished_at = clock_timestamp()
       WHERE id = $1 AND attempt = $2 AND status = 'RUNNING' RETURNING id`,
      [id, attempt, status, failure, refused],
    );
    return rows.length > 0;
  }

  /** The run whose model is the dataset's current one. */
  findCurrent(datasetId: string): Promise<RetrainRun | null> {
    return this.dataSource.manager
      .createQueryBuilder(RetrainRun, 'run')
      .innerJoin('dataset', 'dataset', 'dataset.current_run_id = run.id')
      .where('dataset.id = :datasetId', { datasetId })
      .getOne();
  }

  /** Whether a run between the current one and this one was refused. */
  async isAfterRefusal(
    { datasetId, number }: RetrainRun,
    current: Pick<RetrainRun, 'number'>,
  ): Promise<boolean> {
    const refused: unknown[] = await this.dataSource.query(
      `SELECT 1 FROM retrain_run
       WHERE dataset_id = $1 AND number > $2 AND number < $3 AND refused LIMIT 1`,
      [datasetId, current.number, number],
    );
    return refused.length > 0;
  }
}
