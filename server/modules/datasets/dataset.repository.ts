import { In, type DataSource, type EntityManager } from 'typeorm';
import { lockName } from '../../database/namedLock';
import { lockRow, lockRowIfExists } from '../../database/rowLock';
import { skeletonOf } from '../../domain/lookAlikes';
import { toPage, type Page, type PageRequest } from '../../domain/page';
import { Dataset, type HeadPenaltyRecord } from './dataset.entity';
import type { DatasetWriter, SnapshotMark } from './dataset.ports';

const withSkeleton = (dataset: Partial<Dataset>): Partial<Dataset> =>
  dataset.name === undefined ? dataset : { ...dataset, nameSkeleton: skeletonOf(dataset.name) };

/** Reads and writes the rows of the table `dataset`. */
export class DatasetRepository implements DatasetWriter {
  constructor(private readonly dataSource: DataSource) {}

  find(id: string): Promise<Dataset | null> {
    return this.dataSource.manager.findOneBy(Dataset, { id });
  }

  get(manager: EntityManager, id: string): Promise<Dataset> {
    return manager.findOneByOrFail(Dataset, { id });
  }

  lock(manager: EntityManager, id: string): Promise<Dataset> {
    return lockRow(manager, Dataset, id);
  }

  lockIfExists(manager: EntityManager, id: string): Promise<Dataset | null> {
    return lockRowIfExists(manager, Dataset, id);
  }

  async byId(ids: readonly string[]): Promise<Map<string, Dataset>> {
    const datasets = await this.dataSource.manager.findBy(Dataset, { id: In([...ids]) });
    return new Map(datasets.map((dataset) => [dataset.id, dataset]));
  }

  /** Newest first. */
  async page(request: PageRequest): Promise<Page<Dataset> & { totalCount: number }> {
    const query = this.dataSource.manager
      .createQueryBuilder(Dataset, 'dataset')
      .orderBy('dataset.id', 'DESC')
      .take(request.first + 1);
    const totalCount = await query.getCount();
    if (request.after) query.where('dataset.id < :id', { id: request.after[0] });
    const page = toPage(await query.getMany(), request.first, (dataset) => [dataset.id]);
    return { ...page, totalCount };
  }

  /**
   * Returns the name of another dataset that equals the name or looks like it. Until the transaction
   * ends, nobody else can take either.
   */
  async takenName(
    manager: EntityManager,
    name: string,
    except?: string,
  ): Promise<string | undefined> {
    // Two people may choose a name at the same time. The lock lets the second one see the first one's dataset.
    const skeleton = skeletonOf(name);
    await lockName(manager, `dataset:${name.toLowerCase()}`);
    await lockName(manager, `dataset like:${skeleton}`);
    const taken: { name: string }[] = await manager.query(
      `SELECT name FROM dataset WHERE (lower(name) = lower($1) OR name_skeleton = $3)
         AND id IS DISTINCT FROM $2 ORDER BY lower(name) = lower($1) DESC LIMIT 1`,
      [name, except ?? null, skeleton],
    );
    return taken[0]?.name;
  }

  async insert(manager: EntityManager, dataset: Partial<Dataset>): Promise<void> {
    await manager.insert(Dataset, withSkeleton(dataset));
  }

  async change(manager: EntityManager, id: string, changes: Partial<Dataset>): Promise<void> {
    await manager.update(Dataset, { id }, withSkeleton(changes));
  }

  async takeOrdinals(manager: EntityManager, id: string, count: number): Promise<void> {
    await manager.increment(Dataset, { id }, 'nextOrdinal', count);
  }

  async takeRunNumber(manager: EntityManager, id: string): Promise<void> {
    await manager.increment(Dataset, { id }, 'nextRunNumber', 1);
  }

  async saveSnapshotMark(
    manager: EntityManager,
    id: string,
    { eventId, seen }: SnapshotMark,
  ): Promise<void> {
    await manager.query(
      'UPDATE dataset SET snapshot_event_id = $2, snapshot_seen = $3::pg_snapshot WHERE id = $1',
      [id, eventId, seen],
    );
  }

  async setCurrentRun(manager: EntityManager, id: string, currentRunId: string): Promise<void> {
    await this.change(manager, id, { currentRunId });
  }

  async setCurrentOrdering(
    manager: EntityManager,
    id: string,
    currentOrderingId: string,
  ): Promise<void> {
    await this.change(manager, id, { currentOrderingId });
  }

  async setHeadPenalty(id: string, headPenalty: HeadPenaltyRecord): Promise<void> {
    await this.change(this.dataSource.manager, id, { headPenalty });
  }

  async setCertificateEpsilon(
    manager: EntityManager,
    id: string,
    certificateEpsilon: number,
  ): Promise<void> {
    await this.change(manager, id, { certificateEpsilon });
  }

  async setBackbone(manager: EntityManager, id: string, backboneId: string): Promise<void> {
    await this.change(manager, id, { backboneId });
  }

  async setNextBackbone(
    manager: EntityManager,
    id: string,
    nextBackboneId: string,
    { personId: nextBackboneBy, runId }: { personId: string | null; runId?: string },
  ): Promise<void> {
    const run = runId ? { nextBackboneRunId: runId } : {};
    await this.change(manager, id, { nextBackboneId, nextBackboneBy, ...run });
  }

  async setNextBackboneRun(
    manager: EntityManager,
    id: string,
    nextBackboneRunId: string,
  ): Promise<void> {
    await this.change(manager, id, { nextBackboneRunId });
  }

  async setNextBackboneRate(
    id: string,
    backboneId: string,
    imagesPerSecond: number,
  ): Promise<void> {
    await this.dataSource.query(
      'UPDATE dataset SET next_backbone_rate = $3 WHERE id = $1 AND next_backbone_id = $2',
      [id, backboneId, imagesPerSecond],
    );
  }

  async switchBackbone(manager: EntityManager, id: string): Promise<void> {
    await manager.query(
      `UPDATE dataset SET backbone_id = next_backbone_id, next_backbone_id = NULL,
         next_backbone_run_id = NULL, next_backbone_rate = NULL, next_backbone_by = NULL WHERE id = $1`,
      [id],
    );
  }

  async endBackboneChange(manager: EntityManager, id: string): Promise<void> {
    await manager.query(
      `UPDATE dataset SET next_backbone_id = NULL, next_backbone_run_id = NULL,
         next_backbone_rate = NULL, next_backbone_by = NULL WHERE id = $1`,
      [id],
    );
  }

  async adoptBackbone(manager: EntityManager, backboneId: string): Promise<void> {
    await manager.query('UPDATE dataset SET backbone_id = $1 WHERE backbone_id IS NULL', [
      backboneId,
    ]);
  }
}
