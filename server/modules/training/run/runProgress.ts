import type { DataSource, EntityManager } from 'typeorm';
import { runPhases } from '../../../../shared/runPhases';
import { RetrainRunPhase } from '../../../../shared/enums';
import type { EventStore } from '../../events/eventStore';
import type { RunMetricsRecord, RetrainRun } from '../retrainRun.entity';

/** Shares of a run's time before one has been measured. */
const typicalSeconds: Record<RetrainRunPhase, number> = {
  [RetrainRunPhase.SNAPSHOT]: 0.1,
  // Replaced by what the training itself reckons, as soon as it does.
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
  /** What the run is at, in a few words. */
  note?: string;
  /** What the whole phase is now expected to take. */
  phaseSeconds?: number;
}

/** The run was cancelled, or another worker took it over: whatever this one still does counts for nothing. */
export class RunStoppedError extends Error {
  constructor(readonly cancelled: boolean) {
    super(cancelled ? 'the run was cancelled' : 'another attempt took the run over');
  }
}

/** Writes where a run stands, at most a few times a second, and learns from the same row when to stop. */
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
    private readonly dataSource: DataSource,
    private readonly events: EventStore,
    private readonly run: RetrainRun,
    previous: RunMetricsRecord | null,
  ) {
    this.expected = { ...typicalSeconds };
    for (const { phase, seconds } of previous?.phaseSeconds ?? [])
      this.expected[phase] = Math.max(seconds, 0.01);
  }

  /** @throws RunStoppedError */
  async enter(phase: RetrainRunPhase): Promise<void> {
    this.finishPhase();
    this.phase = phase;
    this.note = null;
    await this.writing;
    await this.write(0);
  }

  /** Called as often as one likes; `fraction` of the phase, 0 to 1. Does not wait. */
  report(fraction: number, values: ProgressValues = {}): void {
    this.loss = values.loss ?? this.loss;
    this.accuracy = values.accuracy ?? this.accuracy;
    this.note = values.note ?? this.note;
    if (values.phaseSeconds) this.expected[this.phase] = values.phaseSeconds;
    if (performance.now() - this.written < writeEveryMs) return;
    this.written = performance.now();
    this.writing = this.write(fraction).catch((error: unknown) => this.stop.abort(error));
  }

  /** @throws RunStoppedError when the run is to stop */
  check(): void {
    if (this.stop.signal.aborted) throw this.stop.signal.reason;
  }

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
    const { percent, secondsLeft } = this.estimate(fraction);
    await this.dataSource.transaction((manager) => this.save(manager, percent, secondsLeft));
  }

  private async save(manager: EntityManager, percent: number, secondsLeft: number): Promise<void> {
    const { id, datasetId, attempt } = this.run;
    const [rows] = await manager.query<[{ cancelled: Date | null }[], number]>(
      `UPDATE retrain_run SET phase = $3, percent = $4, seconds_left = $5, loss = $6, accuracy = $7, note = $8
       WHERE id = $1 AND attempt = $2 AND status = 'RUNNING' RETURNING cancel_requested_at AS cancelled`,
      [id, attempt, this.phase, percent, secondsLeft, this.loss, this.accuracy, this.note],
    );
    if (!rows[0] || rows[0].cancelled) throw new RunStoppedError(Boolean(rows[0]));
    await this.events.record(manager, {
      datasetId,
      type: 'run.progressed',
      payload: { runId: id },
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
