import type { DataSource, EntityManager } from 'typeorm';
import type { Viewer } from '../../domain/viewer';
import type { JobQueue } from '../../jobs/jobQueue';
import type { Dataset, DatasetWriter } from '../datasets/dataset.ports';
import { authorizeCancel, type DatasetService } from '../datasets/dataset.service';
import type { EventRecorder } from '../events/event.ports';
import type { BackboneChangeRepository } from './backboneChange.repository';
import type { BackboneRegistry } from './backboneRegistry';
import type {
  BackboneProgress,
  BackboneRuns,
  BackboneSwitch,
  EmbeddingQueue,
} from './embedding.ports';

export interface BackboneChangeParts {
  dataSource: DataSource;
  datasets: DatasetService;
  datasetRows: DatasetWriter;
  registry: BackboneRegistry;
  changes: BackboneChangeRepository;
  queue: EmbeddingQueue;
  backboneSwitch: BackboneSwitch;
  runs: BackboneRuns;
  events: EventRecorder;
  jobs: JobQueue;
}

/**
 * Changes a dataset's backbone while the present one serves. Every image is embedded with the next
 * one in the background. Then a run is fitted on it, and its publication switches.
 */
export class BackboneChangeService {
  constructor(private readonly parts: BackboneChangeParts) {}

  /**
   * Starts a change, or replaces a running one. The present backbone cancels it.
   *
   * @throws ForbiddenError if somebody else started the running one
   */
  async choose(
    viewer: Viewer | null,
    { datasetId, backboneId }: { datasetId: string; backboneId: string },
  ): Promise<Dataset> {
    const { dataSource, datasets, datasetRows, events } = this.parts;
    const opened = await datasets.open(viewer, datasetId, 'manage');
    if (backboneId !== opened.dataset.backboneId)
      await this.parts.registry.requireOf(opened.dataset.id, backboneId);
    const { id } = opened.dataset;
    return dataSource.transaction(async (manager) => {
      const dataset = await datasetRows.lock(manager, id);
      if (backboneId === (dataset.nextBackboneId ?? dataset.backboneId)) return dataset;
      if (dataset.nextBackboneId) {
        const { nextBackboneBy: startedById, createdBy: datasetOwnerId } = dataset;
        authorizeCancel(opened.viewer, 'change of the backbone', { startedById, datasetOwnerId });
        await this.forget(manager, dataset, dataset.nextBackboneId);
      }
      if (backboneId !== dataset.backboneId)
        await this.begin(manager, dataset, backboneId, opened.viewer);
      await events.record(manager, {
        datasetId: id,
        type: 'dataset.changed',
        payload: {},
        actorId: opened.viewer.id,
      });
      return datasetRows.get(manager, id);
    });
  }

  /**
   * Takes a change as far as possible now. It is called after images were embedded, and regularly.
   */
  async advance(datasetId: string): Promise<void> {
    const { dataSource, datasetRows, queue, runs } = this.parts;
    const dataset = await datasetRows.find(datasetId);
    if (!dataset?.nextBackboneId) return;
    const { nextBackboneId } = dataset;
    if (!(await queue.isEmbedded(dataSource.manager, datasetId, nextBackboneId))) return;
    if (await runs.hasLabelsForRun(datasetId)) await runs.startForBackbone(datasetId);
    else await this.switchWithoutRun(dataset);
  }

  /** Continues changes that stopped because a message was lost or another run was active. */
  async advanceAll(): Promise<void> {
    for (const id of await this.parts.changes.changingDatasets()) await this.advance(id);
  }

  readonly progressOf = (datasetIds: readonly string[]): Promise<Map<string, BackboneProgress>> =>
    this.parts.changes.progress(datasetIds);

  private async begin(
    manager: EntityManager,
    { id, backboneId }: Dataset,
    next: string,
    { id: personId }: Viewer,
  ) {
    const { datasetRows, queue, jobs } = this.parts;
    // A dataset without a backbone has no predictions to keep until the run, so it gets this one at
    // once.
    if (backboneId) await datasetRows.setNextBackbone(manager, id, next, { personId });
    else await datasetRows.setBackbone(manager, id, next);
    await queue.addDataset(manager, id, next);
    await jobs.send('embed', { datasetId: id }, { manager });
  }

  private async forget(manager: EntityManager, { id }: Dataset, next: string): Promise<void> {
    await this.parts.backboneSwitch.cancel(manager, id, next);
    await this.parts.runs.cancelOn(manager, id, next);
  }

  private async switchWithoutRun({ id, nextBackboneId }: Dataset): Promise<void> {
    const { dataSource, datasetRows, backboneSwitch, runs, events, jobs } = this.parts;
    await dataSource.transaction(async (manager) => {
      const dataset = await datasetRows.lock(manager, id);
      const isSame = dataset.nextBackboneId === nextBackboneId;
      if (!isSame || (await runs.isActive(manager, id))) return;
      await backboneSwitch.complete(manager, dataset);
      await events.record(manager, { datasetId: id, type: 'dataset.changed', payload: {} });
      await jobs.send('order', { datasetId: id }, { manager });
    });
  }
}
