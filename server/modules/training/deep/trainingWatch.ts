import type { DataSource } from 'typeorm';
import { ModelInputError } from '../../../../models/errors';
import {
  trainInChildProcess,
  type ChildTrainingOrder,
  type ChildTrainingResult,
  type DeepProgress,
} from '../../../../models/training/deep';
import { EpochLog, noteOf } from './epochLog';
import type { RetrainRun } from '../retrainRun.entity';
import { RunFailure, type StartedRun } from '../run/runAttempts';

/** How often progress is written while a network trains, and a cancellation heard. */
const tickMs = 500;

/** Trains in a process of its own: TensorFlow.js holds its thread for a batch at a time. */
export class TrainingWatch {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Writes down how it goes, and ends it as soon as the run is to stop.
   *
   * @throws RunStoppedError, RunFailure
   */
  async follow(
    { run, progress }: StartedRun,
    order: ChildTrainingOrder,
  ): Promise<ChildTrainingResult> {
    const epochCount = run.options?.epochs ?? 0;
    const log = new EpochLog(run.training ?? { epochs: [], epochCount, imagesPerSecond: null });
    const start = performance.now();
    let last: DeepProgress | undefined;
    const tell = () => {
      if (!last) return progress.report(0, { note: 'Starting TensorFlow.js' });
      const seconds = (performance.now() - start) / 1000;
      const phaseSeconds = seconds + last.secondsLeft;
      const { loss, accuracy } = last;
      progress.report(seconds / phaseSeconds, { loss, accuracy, note: noteOf(last), phaseSeconds });
    };
    let saving: Promise<unknown> = Promise.resolve();
    const onProgress = (step: DeepProgress) => {
      last = step;
      if (log.add(step)) saving = saving.then(() => this.save(run, log)).catch(() => {});
    };
    const ticker = setInterval(tell, tickMs);
    try {
      const trained = await trainInChildProcess({
        ...order,
        signal: progress.stop.signal,
        onProgress,
      });
      await saving;
      log.record.imagesPerSecond = trained.imagesPerSecond;
      const { name, device } = trained.engine;
      await this.save(run, log, `TensorFlow.js ${name} (${device})`);
      return trained;
    } catch (error) {
      progress.check();
      throw error instanceof ModelInputError ? new RunFailure(`${error.message}.`) : error;
    } finally {
      clearInterval(ticker);
      await saving;
    }
  }

  private save({ id, attempt }: RetrainRun, { record }: EpochLog, engine?: string) {
    return this.dataSource.query(
      `UPDATE retrain_run SET training = $3, engine = coalesce($4, engine)
       WHERE id = $1 AND attempt = $2 AND status = 'RUNNING'`,
      [id, attempt, JSON.stringify(record), engine ?? null],
    );
  }
}
