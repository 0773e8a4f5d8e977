import { type DataSource, type EntityManager } from 'typeorm';
import { rowLock } from '../../database/rowLock';
import type { Viewer } from '../../domain/viewer';
import type { JobQueue } from '../../jobs/jobQueue';
import { Dataset } from '../datasets/dataset.entity';
import type { DatasetService } from '../datasets/dataset.service';
import type { EventRecorder } from '../events/event.ports';
import type { BackboneRegistry } from './backboneRegistry';
import { endChange, isEmbedded, queueImages, switchBackbone } from './backboneSwitch';

/** What a change of the backbone needs of runs; joined to the training module by the composition root. */
export interface BackboneRuns {
  /** Whether there are labels enough for a run. */
  hasLabelsForRun(datasetId: string): Promise<boolean>;
  isActive(manager: EntityManager, datasetId: string): Promise<boolean>;
  /** Starts the run that the change ends with, once per change. */
  startForBackbone(datasetId: string): Promise<void>;
  /** Asks the active run to stop if it is fitted on this backbone. */
  cancelOn(manager: EntityManager, datasetId: string, backboneId: string): Promise<void>;
}

export interface BackboneProgress {
  backboneId: string;
  runId: string | null;
  embedded: number;
  total: number;
  failed: number;
  imagesPerSecond: number | null;
}

/**
 * Changes a dataset's backbone while the present one goes on serving: every image is embedded with the next
 * one in the background, then a run is fitted on it, and its publication switches.
 */
export class BackboneChangeService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly datasets: DatasetService,
    private readonly registry: BackboneRegistry,
    private readonly runs: BackboneRuns,
    private readonly events: EventRecorder,
    private readonly jobs: JobQueue,
  ) {}

  /** Begins a change, or another one in its place; the present backbone ends whatever was begun. */
  async choose(
    viewer: Viewer | null,
    { datasetId, backboneId }: { datasetId: string; backboneId: string },
  ): Promise<Dataset> {
    const opened = await this.datasets.open(viewer, datasetId, 'manage');
    if (backboneId !== opened.dataset.backboneId)
      await this.requireBackbone(opened.dataset.id, backboneId);
    const { id } = opened.dataset;
    return this.dataSource.transaction(async (manager) => {
      const dataset = await manager.findOneOrFail(Dataset, {
        where: { id },
        lock: rowLock,
      });
      if (backboneId === (dataset.nextBackboneId ?? dataset.backboneId)) return dataset;
      if (dataset.nextBackboneId) await this.forget(manager, dataset, dataset.nextBackboneId);
      if (backboneId !== dataset.backboneId) await this.begin(manager, dataset, backboneId);
      await this.events.record(manager, {
        datasetId: id,
        type: 'dataset.changed',
        payload: {},
        actorId: opened.viewer.id,
      });
      return manager.findOneByOrFail(Dataset, { id });
    });
  }

  /** Goes on with a change as far as it can go now: called whenever images were embedded, and now and then. */
  async advance(datasetId: string): Promise<void> {
    const { manager } = this.dataSource;
    const dataset = await manager.findOneBy(Dataset, { id: datasetId });
    if (!dataset?.nextBackboneId) return;
    if (!(await isEmbedded(manager, datasetId, dataset.nextBackboneId))) return;
    if (await this.runs.hasLabelsForRun(datasetId)) await this.runs.startForBackbone(datasetId);
    else await this.switchWithoutRun(dataset);
  }

  /** Changes that a lost message or a run in the way left where they were. */
  async advanceAll(): Promise<void> {
    const rows: { id: string }[] = await this.dataSource.query(
      'SELECT id FROM dataset WHERE next_backbone_id IS NOT NULL',
    );
    for (const { id } of rows) await this.advance(id);
  }

  readonly progressOf = async (
    datasetIds: readonly string[],
  ): Promise<Map<string, BackboneProgress>> => {
    const rows: (BackboneProgress & { id: string; waiting: number })[] =
      await this.dataSource.query(progressSql, [datasetIds]);
    return new Map(
      rows.map(({ id, waiting, ...row }) => [id, { ...row, embedded: row.total - waiting }]),
    );
  };

  /** One of this server's, or a network of this very dataset. */
  private async requireBackbone(datasetId: string, backboneId: string): Promise<void> {
    const backbones = await this.registry.ofDataset(datasetId);
    if (!backbones.some(({ id }) => id === backboneId)) this.registry.refuse(backboneId);
  }

  private async begin(manager: EntityManager, { id, backboneId }: Dataset, next: string) {
    // Where nothing serves yet, there is nothing to keep serving.
    const column = backboneId ? 'next_backbone_id' : 'backbone_id';
    await manager.query(`UPDATE dataset SET ${column} = $2 WHERE id = $1`, [id, next]);
    await queueImages(manager, id, next);
    await this.jobs.send('embed', { datasetId: id }, manager);
  }

  private async forget(manager: EntityManager, { id }: Dataset, next: string): Promise<void> {
    await endChange(manager, id, next);
    await this.runs.cancelOn(manager, id, next);
  }

  private async switchWithoutRun({ id, nextBackboneId }: Dataset): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const dataset = await manager.findOneOrFail(Dataset, {
        where: { id },
        lock: rowLock,
      });
      const isSame = dataset.nextBackboneId === nextBackboneId;
      if (!isSame || (await this.runs.isActive(manager, id))) return;
      await switchBackbone(manager, dataset);
      await this.events.record(manager, { datasetId: id, type: 'dataset.changed', payload: {} });
      await this.jobs.send('order', { datasetId: id }, manager);
    });
  }
}

const progressSql = `
  SELECT dataset.id, next_backbone_id AS "backboneId", next_backbone_run_id AS "runId",
    next_ordinal AS total, next_backbone_rate AS "imagesPerSecond", pending.waiting, pending.failed
  FROM dataset, LATERAL (
    SELECT count(*)::int AS waiting, (count(*) FILTER (WHERE failure IS NOT NULL))::int AS failed
    FROM embedding_pending
    WHERE dataset_id = dataset.id AND backbone_id = next_backbone_id) AS pending
  WHERE dataset.id = ANY($1) AND next_backbone_id IS NOT NULL`;
