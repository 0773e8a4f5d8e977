import type { DataSource } from 'typeorm';
import type { Logger } from 'pino';
import { RetrainRunStatus } from '../../../../shared/enums';
import { Dataset } from '../../datasets/dataset.entity';
import type { EventStore } from '../../events/eventStore';
import { RetrainRun } from '../retrainRun.entity';
import { RunProgress, RunStoppedError } from './runProgress';
import type { RunPredictions } from '../run.ports';

/** A failure that people can do something about, in a sentence for them. */
export class RunFailure extends Error {}

/** What a try works with from its beginning. */
export interface StartedRun {
  run: RetrainRun;
  dataset: Dataset;
  progress: RunProgress;
}

/** Tries at runs: taken by this worker and ended by it, with nothing of an unpublished one left behind. */
export class RunAttempts {
  constructor(
    private readonly dataSource: DataSource,
    private readonly predictions: RunPredictions,
    private readonly events: EventStore,
    private readonly workerId: string,
    private readonly logger: Logger,
  ) {}

  /** Runs one try, if the run is still to be taken; however it ends, the run's row says so. */
  async make(
    runId: string,
    signal: AbortSignal,
    execute: (started: StartedRun) => Promise<void>,
  ): Promise<void> {
    const run = await this.begin(runId);
    if (!run) return;
    let release = () => {};
    try {
      await this.discardAttempts(runId, run.attempt - 1);
      const started = await this.start(run);
      release = stopWith(started.progress, signal);
      await execute(started);
    } catch (error) {
      await this.end(run, error);
      await this.discardUnpublished(run);
    } finally {
      release();
    }
  }

  private async start(run: RetrainRun): Promise<StartedRun> {
    const { manager } = this.dataSource;
    const dataset = await manager.findOneByOrFail(Dataset, { id: run.datasetId });
    const previous = await manager.findOneBy(RetrainRun, { id: dataset.currentRunId ?? run.id });
    const progress = new RunProgress(this.dataSource, this.events, run, previous?.metrics ?? null);
    return { run, dataset, progress };
  }

  /** What earlier attempts, whose workers were killed, left behind. */
  private async discardAttempts(runId: string, last: number): Promise<void> {
    for (let attempt = 1; attempt <= last; attempt++)
      await this.predictions.discard({ runId, attempt });
  }

  /** A connection can break after the run was published: then its predictions are the current ones. */
  private async discardUnpublished({ id, attempt }: RetrainRun): Promise<void> {
    const { manager } = this.dataSource;
    const published = await manager.existsBy(RetrainRun, {
      id,
      attempt,
      status: RetrainRunStatus.PUBLISHED,
    });
    if (!published) await this.predictions.discard({ runId: id, attempt });
  }

  /** Takes the run for this worker; undefined when there is nothing left to do. */
  private async begin(runId: string): Promise<RetrainRun | undefined> {
    const [rows] = await this.dataSource.query<[{ id: string }[], number]>(
      `UPDATE retrain_run SET status = 'RUNNING', attempt = attempt + 1, worker_id = $2,
         started_at = coalesce(started_at, clock_timestamp())
       WHERE id = $1 AND status = 'QUEUED' RETURNING id`,
      [runId, this.workerId],
    );
    return rows[0] && this.dataSource.manager.findOneByOrFail(RetrainRun, { id: runId });
  }

  private async end(run: RetrainRun, error: unknown): Promise<void> {
    const cancelled = await this.dataSource.manager.findOneBy(RetrainRun, { id: run.id });
    const wasCancelled = Boolean(cancelled?.cancelRequestedAt);
    if (error instanceof RunStoppedError && !wasCancelled) return;
    if (!wasCancelled && !(error instanceof RunFailure))
      this.logger.error({ err: error, runId: run.id }, 'run failed');
    const status = wasCancelled ? RetrainRunStatus.CANCELLED : RetrainRunStatus.FAILED;
    const failure = wasCancelled ? null : error instanceof Error ? error.message : String(error);
    await this.dataSource.transaction(async (manager) => {
      const [rows] = await manager.query<[unknown[], number]>(
        `UPDATE retrain_run SET status = $3, failure = $4, seconds_left = NULL, finished_at = clock_timestamp()
         WHERE id = $1 AND attempt = $2 AND status = 'RUNNING' RETURNING id`,
        [run.id, run.attempt, status, failure],
      );
      if (rows.length === 0) return;
      await this.events.record(manager, {
        datasetId: run.datasetId,
        type: 'run.ended',
        payload: { runId: run.id },
      });
    });
  }
}

/** The worker's signal outlives the run: @returns what ends listening to it */
function stopWith(progress: RunProgress, signal: AbortSignal): () => void {
  const stop = () => progress.stop.abort(new RunStoppedError(false));
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);
  return () => signal.removeEventListener('abort', stop);
}
