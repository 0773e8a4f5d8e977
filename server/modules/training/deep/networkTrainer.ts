import { ModelInputError } from '../../../../models/errors';
import {
  trainInChildProcess,
  type ChildTrainingOrder,
  type ChildTrainingResult,
  type DeepProgress,
} from '../../../../models/training/deep';
import { inWords } from '../../../domain/errors';
import type { RetrainRun } from '../retrainRun.entity';
import { RunFailure } from '../run/runErrors';
import type { StartedRun } from '../run/runExecutor';
import type { DeepRunRepository } from './deepRun.repository';
import { describeProgress, EpochHistory } from './epochHistory';

/** How often progress is reported and a cancellation noticed while a network trains. */
const reportEveryMs = 500;

/** Trains in a child process, because TensorFlow.js blocks its thread for a batch at a time. */
export class NetworkTrainer {
  constructor(
    private readonly deepRuns: DeepRunRepository,
    /** Time for the epochs of all attempts of a run. */
    private readonly maxSeconds: number,
  ) {}

  /**
   * Saves the epochs as they complete. Ends the process as soon as the run has to stop.
   *
   * @throws RunStoppedError, RunFailure
   */
  async train(
    { run, progress }: StartedRun,
    order: ChildTrainingOrder,
  ): Promise<ChildTrainingResult> {
    const epochCount = run.options?.epochs ?? 0;
    const history = new EpochHistory(
      run.training ?? { epochs: [], epochCount, imagesPerSecond: null },
    );
    const save = (engine?: string) => this.deepRuns.saveTraining(run, history.record, engine);
    let saving: Promise<unknown> = Promise.resolve();
    const reporter = new TrainingReporter(progress);
    const onProgress = (report: DeepProgress) => {
      reporter.last = report;
      if (history.add(report)) saving = saving.then(() => save()).catch(() => {});
    };
    const timer = setInterval(() => reporter.report(), reportEveryMs);
    try {
      const trained = await this.trainInTime(run, order, progress.stop.signal, onProgress);
      await saving;
      history.record.imagesPerSecond = trained.imagesPerSecond;
      const { name, device } = trained.engine;
      await save(`TensorFlow.js ${name} (${device})`);
      return trained;
    } catch (error) {
      progress.check();
      throw error instanceof ModelInputError ? new RunFailure(`${error.message}.`) : error;
    } finally {
      clearInterval(timer);
      await saving;
    }
  }

  /** When the time is over, the training ends and a second process exports its best epoch. */
  private async trainInTime(
    { training }: RetrainRun,
    order: ChildTrainingOrder,
    stop: AbortSignal,
    onProgress: (report: DeepProgress) => void,
  ): Promise<ChildTrainingResult> {
    // Earlier attempts count by their epochs. The time for which a server was off does not count.
    const spent = (training?.epochs ?? []).reduce((sum, { seconds }) => sum + seconds, 0);
    const leftMs = (this.maxSeconds - spent) * 1_000;
    if (leftMs <= 0) return this.finish(order, stop, onProgress);
    const timeOut = new AbortController();
    const timer = setTimeout(() => timeOut.abort(), leftMs);
    try {
      const signal = AbortSignal.any([stop, timeOut.signal]);
      return await trainInChildProcess({ ...order, signal, onProgress });
    } catch (error) {
      if (stop.aborted || !timeOut.signal.aborted) throw error;
      return await this.finish(order, stop, onProgress);
    } finally {
      clearTimeout(timer);
    }
  }

  private async finish(
    order: ChildTrainingOrder,
    signal: AbortSignal,
    onProgress: (report: DeepProgress) => void,
  ): Promise<ChildTrainingResult> {
    try {
      return await trainInChildProcess({ ...order, finishNow: true, signal, onProgress });
    } catch (error) {
      if (!(error instanceof ModelInputError)) throw error;
      throw new RunFailure(
        `The network did not complete an epoch within ${inWords(this.maxSeconds)}, which is the ` +
          'limit for a training. Train on fewer images, or ask the operator for a higher ' +
          'LABELLOOP_MAX_TRAINING_HOURS.',
      );
    }
  }
}

/** Turns the latest report of the child process into the run's progress. */
class TrainingReporter {
  last: DeepProgress | undefined;
  private readonly startedAt = performance.now();

  constructor(private readonly progress: StartedRun['progress']) {}

  report(): void {
    if (!this.last) return this.progress.report(0, { note: 'Starting TensorFlow.js' });
    const seconds = (performance.now() - this.startedAt) / 1000;
    const phaseSeconds = seconds + this.last.secondsLeft;
    const { loss, accuracy } = this.last;
    const note = describeProgress(this.last);
    this.progress.report(seconds / phaseSeconds, { loss, accuracy, note, phaseSeconds });
  }
}
