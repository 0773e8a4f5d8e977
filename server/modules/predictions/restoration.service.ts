import type { DataSource, EntityManager } from 'typeorm';
import { RetrainRunStatus } from '../../../shared/enums';
import type { Viewer } from '../../domain/viewer';
import { InvalidStateError } from '../../domain/errors';
import type { JobQueue } from '../../jobs/jobQueue';
import type { Dataset, DatasetWriter } from '../datasets/dataset.ports';
import type { DatasetService } from '../datasets/dataset.service';
import type { EventRecorder } from '../events/event.ports';
import type { PublishedModels } from '../training/model.ports';
import type { RetrainRunService } from '../training/retrainRun.service';
import type { RetrainRun, RunRows } from '../training/run.ports';
import type { RetainedPredictions } from './retainedPredictions';
import { RunRestoration } from './restoration.entity';
import type { RestorationRepository } from './restoration.repository';

export interface RestorationServiceParts {
  dataSource: DataSource;
  datasets: DatasetService;
  datasetRows: DatasetWriter;
  runs: RetrainRunService;
  runRows: RunRows;
  models: PublishedModels;
  restorations: RestorationRepository;
  kept: RetainedPredictions;
  events: EventRecorder;
  jobs: JobQueue;
}

/**
 * Restores earlier runs: at once if their predictions are stored, otherwise when they have been
 * computed again.
 */
export class RestorationService {
  constructor(private readonly parts: RestorationServiceParts) {}

  /** Makes an earlier published run current again. @throws InvalidStateError */
  async makeCurrent(viewer: Viewer | null, runId: string): Promise<RetrainRun> {
    const run = await this.parts.runs.open(viewer, runId);
    const { viewer: person } = await this.parts.datasets.open(viewer, run.datasetId, 'train');
    const backboneId = await this.backboneOf(run);
    const isDone = await this.parts.dataSource.transaction(async (manager) => {
      await this.parts.kept.hold(manager, run.datasetId);
      const dataset = await this.parts.datasetRows.lock(manager, run.datasetId);
      if (dataset.currentRunId === run.id) return false;
      this.checkBackbone(run, backboneId, dataset);
      await this.checkIdle(manager, dataset.id);
      if (!(await this.parts.kept.has(manager, run.id))) {
        await this.ask(manager, run, dataset, person, true);
        return false;
      }
      await manager.delete(RunRestoration, { runId: run.id });
      await this.switchTo(manager, run, person.id);
      return true;
    });
    if (isDone) await this.afterSwitch(run.datasetId);
    return this.parts.runRows.get(this.parts.dataSource.manager, run.id);
  }

  /** Computes the deleted predictions of a run again, for comparison. @throws InvalidStateError */
  async restore(viewer: Viewer | null, runId: string): Promise<RetrainRun> {
    const run = await this.parts.runs.open(viewer, runId);
    const { viewer: person } = await this.parts.datasets.open(viewer, run.datasetId, 'train');
    await this.backboneOf(run);
    await this.parts.dataSource.transaction(async (manager) => {
      await this.parts.kept.hold(manager, run.datasetId);
      const dataset = await this.parts.datasetRows.lock(manager, run.datasetId);
      if (!(await this.parts.kept.has(manager, run.id)))
        await this.ask(manager, run, dataset, person, false);
    });
    return run;
  }

  /**
   * Runs in a transaction that locks the dataset and, with `RetainedPredictions.hold`, its
   * predictions.
   */
  async switchTo(manager: EntityManager, run: RetrainRun, actorId: string): Promise<void> {
    const { datasetRows, runRows, events } = this.parts;
    await datasetRows.setCurrentRun(manager, run.datasetId, run.id);
    await runRows.markRestored(manager, run.id);
    await events.record(manager, {
      datasetId: run.datasetId,
      type: 'run.published',
      payload: { runId: run.id },
      actorId,
    });
  }

  /** Images added since get predictions, and the queue gets this model's order. */
  async afterSwitch(datasetId: string): Promise<void> {
    await this.parts.jobs.send('predict', { datasetId });
    await this.parts.jobs.send('order', { datasetId });
  }

  readonly ofRuns = (runIds: readonly string[]): Promise<Map<string, RunRestoration>> =>
    this.parts.restorations.ofRuns(runIds);

  /** Queues restorations whose worker died again. */
  async requeue(): Promise<void> {
    const { restorations, jobs } = this.parts;
    for (const runId of await restorations.findWaiting()) await jobs.send('restore', { runId });
  }

  private async backboneOf(run: RetrainRun): Promise<string> {
    const backboneId = await this.parts.models.backboneOf(run.id);
    if (backboneId === undefined || run.status !== RetrainRunStatus.PUBLISHED)
      throw new InvalidStateError(
        `Round ${run.number} was not published, so it has no model to restore. Choose a published run.`,
      );
    return backboneId;
  }

  private checkBackbone(run: RetrainRun, backboneId: string, dataset: Dataset): void {
    if (backboneId === dataset.backboneId) return;
    throw new InvalidStateError(
      `Round ${run.number} uses the backbone ${backboneId}, but the dataset uses ` +
        `${dataset.backboneId ?? 'none'} now. Choose that backbone in the settings (setDatasetBackbone) first.`,
    );
  }

  /** A running run would replace it a moment later. */
  private async checkIdle(manager: EntityManager, datasetId: string): Promise<void> {
    const active = await this.parts.runRows.findActiveHeadRun(manager, datasetId);
    if (active)
      throw new InvalidStateError(
        `Round ${active.number} is running and would become current next. Wait for it, or cancel it.`,
      );
  }

  private async ask(
    manager: EntityManager,
    run: RetrainRun,
    dataset: Dataset,
    person: Viewer,
    makeCurrent: boolean,
  ): Promise<void> {
    const known = await manager.findOneBy(RunRestoration, { runId: run.id });
    await manager.save(RunRestoration, {
      runId: run.id,
      datasetId: dataset.id,
      makeCurrent: makeCurrent || (known?.makeCurrent === true && known.failure === null),
      fromRunId: dataset.currentRunId,
      askedBy: person.id,
      fraction: 0,
      failure: null,
    });
    await this.parts.jobs.send('restore', { runId: run.id }, { manager });
    await this.parts.events.record(manager, {
      datasetId: dataset.id,
      type: 'run.progressed',
      payload: { runId: run.id },
      actorId: person.id,
    });
  }
}
