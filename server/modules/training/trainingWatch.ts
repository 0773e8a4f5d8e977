import type { DataSource } from 'typeorm';
import { trainInProcess } from './deepProcess';
import type { DeepMessage } from './deepTask';
import { EpochLog, noteOf } from './epochLog';
import type { RetrainRun } from './retrainRun.entity';
import { RunFailure, type StartedRun } from './runAttempts';

/** How often progress is written while a network trains, and a cancellation heard. */
const tickMs = 500;

/** Follows a training in its process and writes down how it goes. */
export class TrainingWatch {
  constructor(private readonly dataSource: DataSource) {}

  /** Trains in its process while this one tells how far it is, and ends it when it is to end. */
  async follow({ run, progress }: StartedRun, taskFile: string): Promise<void> {
    const epochCount = run.options?.epochs ?? 0;
    const log = new EpochLog(run.training ?? { epochs: [], epochCount, imagesPerSecond: null });
    const start = performance.now();
    let last: Extract<DeepMessage, { type: 'progress' }>['progress'] | undefined;
    let word: DeepMessage | undefined;
    const tell = () => {
      if (!last) return progress.report(0, { note: 'Starting TensorFlow.js' });
      const seconds = (performance.now() - start) / 1000;
      const phaseSeconds = seconds + last.secondsLeft;
      const { loss, accuracy } = last;
      progress.report(seconds / phaseSeconds, { loss, accuracy, note: noteOf(last), phaseSeconds });
    };
    let saving: Promise<unknown> = Promise.resolve();
    const ticker = setInterval(tell, tickMs);
    try {
      await trainInProcess(taskFile, progress.stop.signal, (message) => {
        if (message.type !== 'progress') return void (word = message);
        last = message.progress;
        if (log.add(last)) saving = saving.then(() => this.saveTraining(run, log)).catch(() => {});
      });
    } finally {
      clearInterval(ticker);
      await saving;
    }
    if (word?.type === 'failed')
      throw word.known ? new RunFailure(word.message) : new Error(word.message);
    if (word?.type !== 'done') throw new Error('The training process said nothing at its end.');
    log.record.imagesPerSecond = word.imagesPerSecond;
    await this.saveTraining(run, log, word.engine);
  }

  private saveTraining({ id, attempt }: RetrainRun, { record }: EpochLog, engine?: string) {
    return this.dataSource.query(
      `UPDATE retrain_run SET training = $3, engine = coalesce($4, engine)
       WHERE id = $1 AND attempt = $2 AND status = 'RUNNING'`,
      [id, attempt, JSON.stringify(record), engine ?? null],
    );
  }
}
