import type { DataSource } from 'typeorm';
import type { Logger } from 'pino';
import { RetrainRunStatus } from '../../../../shared/enums';
import { isLostConnection } from '../../../database/lostConnection';
import { untilWritten } from '../../../database/untilWritten';
import type { HeldWork } from '../../../jobs/heldWork';
import type { Dataset, DatasetReader } from '../../datasets/dataset.ports';
import type { EventRecorder } from '../../events/event.ports';
import { RetrainRun } from '../retrainRun.entity';
import type { RunPredictions } from '../run.ports';
import type { RunAttemptRepository } from './runAttempt.repository';
import { RunFailure, RunRefusal, RunStoppedError } from './runErrors';
import { RunProgress } from './runProgress';

/** An attempt at a run that this worker has begun. */
export interface StartedRun {
  run: RetrainRun;
  dataset: Dataset;
  progress: RunProgress;
}

export interface RunExecutorParts {
  dataSource: DataSource;
  datasets: DatasetReader;
  attempts: RunAttemptRepository;
  predictions: RunPredictions;
  events: EventRecorder;
  logger: Logger;
  workerId: string;
  held: HeldWork;
}

/** A run that has started this often is not started again because it lost the database. */
const maxAttempts = 20;

/** Executes one attempt at a run on this worker, and records how it ended. */
export class RunExecutor {
  constructor(private readonly parts: RunExecutorParts) {}

  /**
   * Deletes the predictions of unpublished attempts.
   *
   * @returns false when the run is not queued any more
   */
  execute(
    runId: string,
    signal: AbortSignal,
    work: (started: StartedRun) => Promise<void>,
  ): Promise<boolean> {
    return this.parts.held.during('run', runId, () => this.attempt(runId, signal, work));
  }

  private async attempt(
    runId: string,
    signal: AbortSignal,
    work: (started: StartedRun) => Promise<void>,
  ): Promise<boolean> {
    const run = await this.parts.attempts.start(runId, this.parts.workerId);
    if (!run) return false;
    let stopListening = () => {};
    try {
      await this.discardEarlierAttempts(run);
      const started = await this.load(run);
      stopListening = stopOnAbort(started.progress, signal);
      await work(started);
    } catch (error) {
      await untilWritten(() => this.recordEnd(run, error), signal);
      await this.discardUnpublished(run);
    } finally {
      stopListening();
    }
    return true;
  }

  /** Fails a queued run instead of executing it, and deletes what its earlier attempts left. */
  async giveUp(runId: string, failure: string): Promise<void> {
    const { attempts, dataSource, events, predictions } = this.parts;
    const run = await dataSource.transaction(async (manager) => {
      const ended = await attempts.giveUp(manager, runId, failure);
      if (ended) await events.record(manager, endOf(ended));
      return ended;
    });
    for (let attempt = 1; attempt <= (run?.attempt ?? 0); attempt++)
      await predictions.discard({ runId, attempt });
  }

  private async load(run: RetrainRun): Promise<StartedRun> {
    const { manager } = this.parts.dataSource;
    const dataset = await this.parts.datasets.get(manager, run.datasetId);
    const previous = await manager.findOneBy(RetrainRun, { id: dataset.currentRunId ?? run.id });
    const progress = new RunProgress(this.parts, run, previous?.metrics ?? null);
    return { run, dataset, progress };
  }

  /** Their workers were killed before they could do it. */
  private async discardEarlierAttempts(run: RetrainRun): Promise<void> {
    for (let attempt = 1; attempt < run.attempt; attempt++)
      await this.parts.predictions.discard({ runId: run.id, attempt });
  }

  /** A connection can break after the run was published. Then its predictions are the current ones. */
  private async discardUnpublished(run: RetrainRun): Promise<void> {
    const { attempts, predictions } = this.parts;
    if (await attempts.isPublished(run)) return;
    await predictions.discard({ runId: run.id, attempt: run.attempt });
  }

  private async recordEnd(run: RetrainRun, error: unknown): Promise<void> {
    const { attempts, dataSource, events, logger } = this.parts;
    const wasCancelled = await attempts.isCancelRequested(run.id);
    if (error instanceof RunStoppedError && !wasCancelled) return;
    if (isLostConnection(error) && !wasCancelled && run.attempt < maxAttempts)
      return logger.warn({ err: error, runId: run.id }, 'a run lost the database; it starts again');
    if (!wasCancelled && !(error instanceof RunFailure))
      logger.error({ err: error, runId: run.id }, 'run failed');
    const status = wasCancelled ? RetrainRunStatus.CANCELLED : RetrainRunStatus.FAILED;
    const failure = wasCancelled ? null : error instanceof Error ? error.message : String(error);
    await dataSource.transaction(async (manager) => {
      const refused = error instanceof RunRefusal;
      if (!(await attempts.end(manager, run, { status, failure, refused }))) return;
      await events.record(manager, endOf(run));
    });
  }
}

const endOf = ({ id, datasetId }: RetrainRun) =>
  ({ datasetId, type: 'run.ended', payload: { runId: id } }) as const;

/** Stops the run with the worker. @returns a function that removes the listener, as the signal outlives the run */
function stopOnAbort(progress: RunProgress, signal: AbortSignal): () => void {
  const stop = () => progress.stop.abort(new RunStoppedError(false));
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);
  return () => signal.removeEventListener('abort', stop);
}
