import { In, type DataSource, type EntityManager } from 'typeorm';
import { lockRow } from '../../database/rowLock';
import { Recipe, RetrainRunStatus } from '../../../shared/enums';
import type { Viewer } from '../../domain/viewer';
import { InvalidStateError } from '../../domain/errors';
import type { JobQueue } from '../../jobs/jobQueue';
import { Dataset } from '../datasets/dataset.entity';
import type { DatasetService } from '../datasets/dataset.service';
import type { EventRecorder } from '../events/event.ports';
import { Model } from '../training/head/model.entity';
import { RetrainRun } from '../training/retrainRun.entity';
import type { RetrainRunService } from '../training/retrainRun.service';
import type { RetainedPredictions } from './retainedPredictions';
import { RunRestoration } from './restoration.entity';

export interface RestorationServiceParts {
  dataSource: DataSource;
  datasets: DatasetService;
  runs: RetrainRunService;
  kept: RetainedPredictions;
  events: EventRecorder;
  jobs: JobQueue;
}

/** Goes back to earlier runs: at once where their predictions are kept, else once these are made anew. */
export class RestorationService {
  constructor(private readonly parts: RestorationServiceParts) {}

  /** Makes an earlier published run's model the current one again. @throws InvalidStateError */
  async makeCurrent(viewer: Viewer | null, runId: string): Promise<RetrainRun> {
    const run = await this.parts.runs.open(viewer, runId);
    const { viewer: person } = await this.parts.datasets.open(viewer, run.datasetId, 'train');
    const model = await this.modelOf(run);
    const isDone = await this.parts.dataSource.transaction(async (manager) => {
      await this.parts.kept.hold(manager, run.datasetId);
      const dataset = await lockDataset(manager, run.datasetId);
      if (dataset.currentRunId === run.id) return false;
      this.checkBackbone(run, model, dataset);
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
    return this.parts.dataSource.manager.findOneByOrFail(RetrainRun, { id: run.id });
  }

  /** Makes the dropped predictions of a run anew, to compare it with others. @throws InvalidStateError */
  async restore(viewer: Viewer | null, runId: string): Promise<RetrainRun> {
    const run = await this.parts.runs.open(viewer, runId);
    const { viewer: person } = await this.parts.datasets.open(viewer, run.datasetId, 'train');
    await this.modelOf(run);
    await this.parts.dataSource.transaction(async (manager) => {
      await this.parts.kept.hold(manager, run.datasetId);
      const dataset = await lockDataset(manager, run.datasetId);
      if (!(await this.parts.kept.has(manager, run.id)))
        await this.ask(manager, run, dataset, person, false);
    });
    return run;
  }

  /** Within a transaction that holds the dataset and, with `KeptPredictions.hold`, its predictions. */
  async switchTo(manager: EntityManager, run: RetrainRun, actorId: string): Promise<void> {
    await manager.update(Dataset, { id: run.datasetId }, { currentRunId: run.id });
    await manager.query(
      'UPDATE retrain_run SET predictions_restored_at = clock_timestamp() WHERE id = $1',
      [run.id],
    );
    await this.parts.events.record(manager, {
      datasetId: run.datasetId,
      type: 'run.published',
      payload: { runId: run.id },
      actorId,
    });
  }

  /** Images that came since get their predictions, and the queue the order that this model gives it. */
  async afterSwitch(datasetId: string): Promise<void> {
    await this.parts.jobs.send('predict', { datasetId });
    await this.parts.jobs.send('order', { datasetId });
  }

  readonly ofRuns = async (runIds: readonly string[]): Promise<Map<string, RunRestoration>> => {
    const found = await this.parts.dataSource.manager.findBy(RunRestoration, {
      runId: In([...runIds]),
    });
    return new Map(found.map((one) => [one.runId, one]));
  };

  /** Those that a worker died over are found again. */
  async requeue(): Promise<void> {
    const waiting: { run_id: string }[] = await this.parts.dataSource.query(
      `SELECT run_id FROM run_restoration
       WHERE failure IS NULL AND asked_at < clock_timestamp() - interval '5 seconds'`,
    );
    for (const { run_id: runId } of waiting) await this.parts.jobs.send('restore', { runId });
  }

  private async modelOf(run: RetrainRun): Promise<Model> {
    const model = await this.parts.dataSource.manager.findOne(Model, {
      where: { runId: run.id },
      select: { runId: true, backboneId: true },
    });
    if (!model || run.status !== RetrainRunStatus.PUBLISHED)
      throw new InvalidStateError(
        `Round ${run.number} was not published, so there is no model to go back to. Choose a published run.`,
      );
    return model;
  }

  private checkBackbone(run: RetrainRun, model: Model, dataset: Dataset): void {
    if (model.backboneId === dataset.backboneId) return;
    throw new InvalidStateError(
      `Round ${run.number} sees images with the backbone ${model.backboneId}, the dataset is on ` +
        `${dataset.backboneId ?? 'none'} now. Choose that backbone in the settings (setDatasetBackbone) first.`,
    );
  }

  /** A run at work would take its place a moment later. */
  private async checkIdle(manager: EntityManager, datasetId: string): Promise<void> {
    const active = await manager.findOneBy(RetrainRun, {
      datasetId,
      recipe: Recipe.HEAD,
      status: In([RetrainRunStatus.QUEUED, RetrainRunStatus.RUNNING]),
    });
    if (active)
      throw new InvalidStateError(
        `Round ${active.number} is at work and would become the current one right after. Wait for it, or cancel it.`,
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
    await this.parts.jobs.send('restore', { runId: run.id }, manager);
    await this.parts.events.record(manager, {
      datasetId: dataset.id,
      type: 'run.progressed',
      payload: { runId: run.id },
      actorId: person.id,
    });
  }
}

export const lockDataset = (manager: EntityManager, id: string) => lockRow(manager, Dataset, id);
