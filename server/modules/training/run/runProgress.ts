import type { DataSource } from 'typeorm';
import { runPhases } from '../../../../shared/runPhases';
import { RetrainRunPhase } from '../../../../shared/enums';
import type { EventRecorder } from '../../events/event.ports';
import type { RunMetricsRecord, RetrainRun } from '../retrainRun.entity';
import type { RunAttemptRepository } from './runAttempt.repository';
import { RunStoppedError } from './runErrors';

/** What each phase takes until a run of the dataset has been measured. */
const typicalSeconds: Record<RetrainRunPhase, number> = {
  [RetrainRunPhase.SNAPSHOT]: 0.1,
  // Replaced by the training's own estimate as soon as there is one.
  [RetrainRunPhase.TRAIN]: 600,
  [RetrainRunPhase.EMBED]: 30,
  [RetrainRunPhase.FIT]: 1,
  [RetrainRunPhase.EVALUATE]: 0.1,
  [RetrainRunPhase.RESCORE]: 1,
  [RetrainRunPhase.ORDER]: 0.8,
  [RetrainRunPhase.PUBLISH]: 0.1,
};
const writeEveryMs = 150;

export interface ProgressValues {
  loss?: number;
  accuracy?: number;
  /** The current step in a few words, such as "Epoch 3 of 20, batch 12 of 40". */
  note?: string;
  /** The latest estimate of what the whole phase takes. */
  phaseSeconds?: number;
}

export interface RunProgressParts {
  dataSource: DataSource;
  attempts: RunAttemptRepository;
  events: EventRecorder;
}

/** Writes a run's progress at most a few times a second. The same row reports when the run has to stop. */
export class RunProgress {
  readonly stop = new AbortController();
  readonly phaseSeconds: RunMetricsRecord['phaseSeconds'] = [];
  private readonly expected: Record<RetrainRunPhase, number>;
  private phase = RetrainRunPhase.SNAPSHOT;
  private phaseStart = performance.now();
  private written = 0;
  private writing: Promise<void> = Promise.resolve();
  private loss: number | null = null;
  private accuracy: number | null = null;
  private note: string | null = null;

  constructor(
    private readonly parts: RunProgressParts,
    private readonly run: RetrainRun,
    previous: RunMetricsRecord | null,
  ) {
    this.expected = { ...typicalSeconds };
    for (const { phase, seconds } of previous?.phaseSeconds ?? [])
      this.expected[phase] = Math.max(seconds, 0.01);
  }

  /** Begins a phase. @throws RunStoppedError */
  async enter(phase: RetrainRunPhase): Promise<void> {
    this.finishPhase();
    this.phase = phase;
    this.note = null;
    await this.writing;
    await this.write(0);
  }

  /** Reports the done fraction of the phase, 0 to 1. It returns at once and may be called at any rate. */
  report(fraction: number, values: ProgressValues = {}): void {
    this.loss = values.loss ?? this.loss;
    this.accuracy = values.accuracy ?? this.accuracy;
    this.note = values.note ?? this.note;
    if (values.phaseSeconds) this.expected[this.phase] = values.phaseSeconds;
    if (performance.now() - this.written < writeEveryMs) return;
    this.written = performance.now();
    this.writing = this.write(fraction).catch((error: unknown) => this.stop.abort(error));
  }

  /** @throws RunStoppedError when the run has to stop */
  check(): void {
    if (this.stop.signal.aborted) throw this.stop.signal.reason;
  }

  /** Waits until the last report is written. @throws RunStoppedError */
  async settle(): Promise<void> {
    await this.writing;
    this.check();
  }

  finishPhase(): void {
    const now = performance.now();
    if (this.phase !== this.phaseSeconds.at(-1)?.phase)
      this.phaseSeconds.push({ phase: this.phase, seconds: (now - this.phaseStart) / 1000 });
    this.phaseStart = now;
  }

  private async write(fraction: number): Promise<void> {
    this.written = performance.now();
    const { dataSource, attempts, events } = this.parts;
    const { phase, loss, accuracy, note, run } = this;
    const values = { phase, ...this.estimate(fraction), loss, accuracy, note };
    await dataSource.transaction(async (manager) => {
      const saved = await attempts.saveProgress(manager, run, values);
      if (!saved || saved.cancelled) throw new RunStoppedError(Boolean(saved));
      await events.record(manager, {
        datasetId: run.datasetId,
        type: 'run.progressed',
        payload: { runId: run.id },
      });
    });
  }

  private estimate(fraction: number): { percent: number; secondsLeft: number } {
    const phases = runPhases[this.run.recipe];
    const index = phases.indexOf(this.phase);
    const sum = (list: readonly RetrainRunPhase[]) =>
      list.reduce((total, phase) => total + this.expected[phase], 0);
    const done = sum(phases.slice(0, index)) + fraction * this.expected[this.phase];
    const total = sum(phases);
    return { percent: Math.min(99, (100 * done) / total), secondsLeft: Math.max(0, total - done) };
  }
}
