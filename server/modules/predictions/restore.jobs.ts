import { isLostConnection } from '../../database/lostConnection';
import { tryWithLock } from '../../database/namedLock';
import type { DataSource } from 'typeorm';
import { deathReason } from '../../jobs/deathGuard';
import type { DatasetReader } from '../datasets/dataset.ports';
import type { FeatureMatrices } from '../embeddings/embedding.ports';
import type { EventRecorder } from '../events/event.ports';
import type { PublishedModels, Rescore } from '../training/model.ports';
import type { RetrainRun, RunPredictions, RunRows } from '../training/run.ports';
import type { RetainedPredictions } from './retainedPredictions';
import { RunRestoration } from './restoration.entity';
import type { RestorationService } from './restoration.service';

const reportEveryMs = 500;

export interface RestoreJobsParts {
  dataSource: DataSource;
  datasets: DatasetReader;
  features: FeatureMatrices;
  models: PublishedModels;
  runs: RunRows;
  rescore: Rescore;
  predictions: RunPredictions;
  kept: RetainedPredictions;
  restorations: RestorationService;
  events: EventRecorder;
}

/** Computes predictions of published runs again, from the stored head of each run. */
export class RestoreJobs {
  constructor(private readonly parts: RestoreJobsParts) {}

  /** One worker at a time per run. */
  async run({ runId }: { runId: string }, signal: AbortSignal): Promise<void> {
    const restore = () => this.restore(runId, signal);
    await tryWithLock(this.parts.dataSource, `restore:${runId}`, restore);
  }

  async giveUp({ runId }: { runId: string }): Promise<void> {
    const { manager } = this.parts.dataSource;
    const failure = deathReason('this restoration', 'Request it again when the cause is gone.');
    const asked = await manager.findOneBy(RunRestoration, { runId });
    if (!asked || asked.failure !== null) return;
    await manager.update(RunRestoration, { runId }, { failure });
    await this.tell(await this.parts.runs.get(manager, runId));
  }

  private async restore(runId: string, signal: AbortSignal): Promise<void> {
    const { manager } = this.parts.dataSource;
    const asked = await manager.findOneBy(RunRestoration, { runId });
    if (!asked || asked.failure !== null) return;
    const run = await this.parts.runs.get(manager, runId);
    try {
      if (!(await this.parts.kept.has(manager, runId))) await this.rescore(run, signal);
      if (await this.finish(run)) await this.parts.restorations.afterSwitch(run.datasetId);
    } catch (error) {
      if (signal.aborted || isLostConnection(error)) throw error;
      await manager.update(
        RunRestoration,
        { runId },
        { failure: error instanceof Error ? error.message : String(error) },
      );
      await this.tell(run);
      throw error;
    }
    await this.parts.kept.dropSuperseded(run.datasetId);
  }

  private async rescore(run: RetrainRun, signal: AbortSignal): Promise<void> {
    const model = await this.parts.models.load(run.id);
    if (!model) throw new Error('The model of this run is gone.');
    const { classIds, head, dimensions } = model;
    await this.parts.predictions.discard({ runId: run.id, attempt: run.attempt });
    const matrix = await this.parts.features.open(run.datasetId, model.backboneId, dimensions);
    const progress = this.progressOf(run, signal);
    try {
      const dataset = { id: run.datasetId };
      await this.parts.rescore({ run, dataset, matrix, progress, classIds, head });
    } finally {
      await matrix.close();
    }
  }

  /** @returns whether the run is current now */
  private finish(run: RetrainRun): Promise<boolean> {
    return this.parts.dataSource.transaction(async (manager) => {
      await this.parts.kept.hold(manager, run.datasetId);
      const dataset = await this.parts.datasets.lock(manager, run.datasetId);
      const asked = await manager.findOneBy(RunRestoration, { runId: run.id });
      if (!(await this.parts.kept.has(manager, run.id)))
        await this.parts.predictions.attach(manager, { runId: run.id, attempt: run.attempt });
      await manager.delete(RunRestoration, { runId: run.id });
      // A run that was published after the request stays current.
      if (asked?.makeCurrent && asked.fromRunId === dataset.currentRunId) {
        await this.parts.restorations.switchTo(manager, run, asked.askedBy);
        return true;
      }
      await this.parts.runs.markRestored(manager, run.id);
      await this.parts.events.record(manager, this.progressed(run));
      return false;
    });
  }

  private progressOf(run: RetrainRun, signal: AbortSignal) {
    let lastReport = 0;
    let reporting: Promise<unknown> = Promise.resolve();
    return {
      check: () => signal.throwIfAborted(),
      settle: async () => {
        await reporting;
      },
      report: (fraction: number) => {
        if (Date.now() - lastReport < reportEveryMs) return;
        lastReport = Date.now();
        reporting = this.parts.dataSource.manager
          .update(RunRestoration, { runId: run.id }, { fraction: Math.min(1, fraction) })
          .then(() => this.tell(run));
      },
    };
  }

  private tell(run: RetrainRun): Promise<void> {
    return this.parts.events.record(this.parts.dataSource.manager, this.progressed(run));
  }

  private readonly progressed = ({ id, datasetId }: RetrainRun) =>
    ({ datasetId, type: 'run.progressed', payload: { runId: id } }) as const;
}
