import { In, Not, type DataSource, type EntityManager, type FindOperator } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { rowLock } from '../../database/rowLock';
import { Recipe, RetrainRunStatus, RetrainRunTrigger } from '../../../shared/enums';
import type { Viewer } from '../../domain/viewer';
import { InvalidInputError, InvalidStateError, NotFoundError } from '../../domain/errors';
import { toPage, type Page, type PageRequest } from '../../domain/page';
import { coalesced } from '../../jobs/coalesce';
import type { JobQueue } from '../../jobs/jobQueue';
import { liveWorkers } from '../../jobs/liveWorkers';
import { Dataset } from '../datasets/dataset.entity';
import type { DatasetService } from '../datasets/dataset.service';
import { isEmbedded, maxAttempts } from '../embeddings/backboneSwitch';
import type { EventRecorder } from '../events/event.ports';
import { deepOptionsOf } from './deep/deepOptions';
import { RetrainRun, type DeepOptionsRecord } from './retrainRun.entity';
import type { StartRetrainRunInput } from './retrainRun.input';

/** What a run is to be; the rest is decided when it is queued. */
interface RunOrder {
  recipe: Recipe;
  options: DeepOptionsRecord | null;
  trigger: RetrainRunTrigger;
  person: Viewer | null;
  /** Asked again once nobody else can start a run. */
  isDue?: (dataset: Dataset, manager: EntityManager) => Promise<boolean>;
}

/** Who knows which backbones there are. */
export interface KnownBackbones {
  /** @throws InvalidInputError */
  require(backboneId: string): void;
  defaultBackboneId(): string | null;
}

interface QueuedRow {
  id: string;
  dataset_id: string;
  recipe: Recipe;
}

const automaticHead = {
  recipe: Recipe.HEAD,
  options: null,
  trigger: RetrainRunTrigger.AUTOMATIC,
  person: null,
};
/** Embeddings that came too late for the dataset's last run; none before its first. */
const isUnseen =
  'embedding.tx >= pg_snapshot_xmin(snapshot_seen) AND NOT pg_visible_in_snapshot(embedding.tx, snapshot_seen)';
const jobOf = (recipe: Recipe) => (recipe === Recipe.HEAD ? 'retrain' : 'train');
const activeStatuses = [RetrainRunStatus.QUEUED, RetrainRunStatus.RUNNING];

export class RetrainRunService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly datasets: DatasetService,
    private readonly events: EventRecorder,
    private readonly jobs: JobQueue,
    private readonly backbones: KnownBackbones,
  ) {}

  async open(viewer: Viewer | null, id: string): Promise<RetrainRun> {
    const run = await this.dataSource.manager.findOneBy(RetrainRun, { id });
    if (!run) throw new NotFoundError('RetrainRun', id);
    await this.datasets.open(viewer, run.datasetId, 'view');
    return run;
  }

  async start(viewer: Viewer | null, input: StartRetrainRunInput): Promise<RetrainRun> {
    const opened = await this.datasets.open(viewer, input.datasetId, 'train');
    const { dataset } = opened;
    const order = await this.orderOf(dataset, input);
    const backboneId = order.recipe === Recipe.HEAD ? dataset.backboneId : null;
    if (!(await this.hasLabelsForRun(dataset.id, backboneId)))
      throw new InvalidStateError(
        backboneId && (await this.hasLabelsForRun(dataset.id))
          ? 'The labelled images are not embedded yet. Start the run in a moment.'
          : 'A run needs labels of at least two classes. Label a few more images first.',
      );
    const manual = { trigger: RetrainRunTrigger.MANUAL, person: opened.viewer };
    const run = await this.enqueue(dataset.id, { ...order, ...manual });
    if (!run)
      throw new InvalidStateError('A run is already queued or running. Wait for it, or cancel it.');
    return run;
  }

  private async orderOf(
    dataset: Dataset,
    { recipe, training }: StartRetrainRunInput,
  ): Promise<Pick<RunOrder, 'recipe' | 'options'>> {
    if (recipe === Recipe.SCRATCH)
      return { recipe, options: deepOptionsOf(recipe, training ?? {}, null) };
    if (!dataset.backboneId)
      throw new InvalidStateError(
        'This server has no backbone, so there is no model to train. See capabilities.missing.',
      );
    if (recipe === Recipe.HEAD && training)
      throw new InvalidInputError(
        'training',
        'A head is not trained like a network: leave it out.',
      );
    if (recipe === Recipe.HEAD) return { recipe, options: null };
    const base = training?.backboneId ?? (await this.pretrainedOf(dataset.backboneId));
    this.backbones.require(base);
    return { recipe, options: deepOptionsOf(recipe, training ?? {}, base) };
  }

  /** The pretrained backbone itself, or the one that the dataset's network was fine-tuned from. */
  private async pretrainedOf(backboneId: string): Promise<string> {
    const rows: { base: string | null }[] = await this.dataSource.query(
      `SELECT options->>'baseBackboneId' AS base FROM trained_backbone
       JOIN retrain_run ON retrain_run.id = run_id WHERE trained_backbone.id = $1`,
      [backboneId],
    );
    if (!rows[0]) return backboneId;
    return rows[0].base ?? this.backbones.defaultBackboneId() ?? backboneId;
  }

  /** Starts a run if enough labels have come in; called whenever some do. */
  readonly startIfDue = coalesced(async (datasetId: string): Promise<void> => {
    const dataset = await this.dataSource.manager.findOneBy(Dataset, { id: datasetId });
    if (!dataset || dataset.autoRetrainAfter === 0 || !dataset.backboneId) return;
    const { manager } = this.dataSource;
    const isDue = async ({ autoRetrainAfter }: Dataset, within: EntityManager) =>
      ((await labelsSince(within, [datasetId])).get(datasetId) ?? 0) >= autoRetrainAfter;
    if (!(await isDue(dataset, manager))) return;
    if (!(await this.hasLabelsForRun(datasetId, dataset.backboneId))) return;
    await this.enqueue(datasetId, { ...automaticHead, isDue });
  });

  /** The run that a change of the backbone ends with. Should it fail, any later run ends the change. */
  async startForBackbone(datasetId: string): Promise<void> {
    await this.enqueue(datasetId, {
      ...automaticHead,
      trigger: RetrainRunTrigger.BACKBONE_CHANGED,
      isDue: (dataset) =>
        Promise.resolve(dataset.nextBackboneId !== null && dataset.nextBackboneRunId === null),
    });
  }

  /** Within a change of the backbone: a run on one that is no longer wanted is asked to stop. */
  async cancelOn(manager: EntityManager, datasetId: string, backboneId: string): Promise<void> {
    const runs = await manager.findBy(RetrainRun, {
      datasetId,
      backboneId,
      status: In(activeStatuses),
    });
    for (const run of runs) await this.requestCancel(manager, run);
  }

  /** Whether a head is being fitted, or about to be. */
  async isActive(manager: EntityManager, datasetId: string): Promise<boolean> {
    return manager.existsBy(RetrainRun, {
      datasetId,
      status: In(activeStatuses),
      recipe: Recipe.HEAD,
    });
  }

  /** Datasets whose next automatic run may be due: looked through at start and now and then. */
  async startAllDue(): Promise<void> {
    const rows: { id: string }[] = await this.dataSource.query(
      `SELECT id FROM dataset WHERE auto_retrain_after > 0 AND backbone_id IS NOT NULL AND (EXISTS
         (SELECT 1 FROM label_event WHERE dataset_id = dataset.id AND id > snapshot_event_id) OR EXISTS
         (SELECT 1 FROM embedding WHERE dataset_id = dataset.id AND backbone_id = dataset.backbone_id
           AND ${isUnseen}))`,
    );
    for (const { id } of rows) await this.startIfDue(id);
  }

  async cancel(viewer: Viewer | null, id: string): Promise<RetrainRun> {
    const run = await this.open(viewer, id);
    const opened = await this.datasets.open(viewer, run.datasetId, 'train');
    return this.dataSource.transaction(async (manager) => {
      if (!(await this.requestCancel(manager, run, opened.viewer)))
        throw new InvalidStateError('The run is over already: there is nothing to cancel.');
      return manager.findOneByOrFail(RetrainRun, { id: run.id });
    });
  }

  /** A queued run ends here, a running one when its worker hears of it. @returns whether it was active */
  private async requestCancel(
    manager: EntityManager,
    { id, datasetId }: RetrainRun,
    person: Viewer | null = null,
  ): Promise<boolean> {
    const [rows] = await manager.query<[{ status: RetrainRunStatus }[], number]>(
      `UPDATE retrain_run SET cancel_requested_at = clock_timestamp(),
         finished_at = CASE status WHEN 'QUEUED' THEN clock_timestamp() END,
         status = CASE status WHEN 'QUEUED' THEN 'CANCELLED' ELSE status END
       WHERE id = $1 AND status IN ('QUEUED', 'RUNNING') RETURNING status`,
      [id],
    );
    if (!rows[0]) return false;
    await this.events.record(manager, {
      datasetId,
      type: rows[0].status === RetrainRunStatus.CANCELLED ? 'run.ended' : 'run.progressed',
      payload: { runId: id },
      actorId: person?.id ?? null,
    });
    return true;
  }

  async page(
    datasetId: string,
    request: PageRequest,
  ): Promise<Page<RetrainRun> & { totalCount: number }> {
    const query = this.dataSource.manager
      .createQueryBuilder(RetrainRun, 'run')
      .where('run.dataset_id = :datasetId', { datasetId })
      .orderBy('run.number', 'DESC')
      .take(request.first + 1);
    const totalCount = await query.getCount();
    if (request.after) query.andWhere('run.number < :number', { number: request.after[0] });
    return { ...toPage(await query.getMany(), request.first, (run) => [run.number]), totalCount };
  }

  readonly byId = async (ids: readonly string[]): Promise<Map<string, RetrainRun>> => {
    const runs = await this.dataSource.manager.findBy(RetrainRun, { id: In([...ids]) });
    return new Map(runs.map((run) => [run.id, run]));
  };

  readonly activeOf = (datasetIds: readonly string[]): Promise<Map<string, RetrainRun>> =>
    this.active(datasetIds, Recipe.HEAD);

  readonly activeDeepOf = (datasetIds: readonly string[]): Promise<Map<string, RetrainRun>> =>
    this.active(datasetIds, Not(Recipe.HEAD));

  private async active(
    datasetIds: readonly string[],
    recipe: Recipe | FindOperator<Recipe>,
  ): Promise<Map<string, RetrainRun>> {
    const runs = await this.dataSource.manager.findBy(RetrainRun, {
      datasetId: In([...datasetIds]),
      status: In(activeStatuses),
      recipe,
    });
    return new Map(runs.map((run) => [run.datasetId, run]));
  }

  /** Labels that the latest run did not see and the next one can learn from. */
  readonly labelsSince = (datasetIds: readonly string[]): Promise<Map<string, number>> =>
    labelsSince(this.dataSource.manager, datasetIds);

  /** Runs of workers that died go back into the queue; the next attempt publishes, if any does. */
  async requeueAbandoned(): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const [rows] = await manager.query<[QueuedRow[], number]>(
        `UPDATE retrain_run SET status = 'QUEUED', worker_id = NULL
         WHERE status = 'RUNNING' AND worker_id NOT IN
           (${liveWorkers})
         RETURNING id, dataset_id, recipe`,
      );
      for (const { id, dataset_id: datasetId, recipe } of rows) {
        await this.jobs.send(jobOf(recipe), { runId: id }, manager);
        await this.events.record(manager, {
          datasetId,
          type: 'run.progressed',
          payload: { runId: id },
        });
      }
    });
    const waiting: QueuedRow[] = await this.dataSource.query(
      `SELECT id, dataset_id, recipe FROM retrain_run WHERE status = 'QUEUED' AND queued_at < clock_timestamp() - interval '5 seconds'`,
    );
    for (const { id, recipe } of waiting) await this.jobs.send(jobOf(recipe), { runId: id });
  }

  /** Whether labels of at least two classes are there, on images that a backbone has embedded if one is named. */
  async hasLabelsForRun(datasetId: string, backboneId: string | null = null): Promise<boolean> {
    const rows: { count: number }[] = await this.dataSource.query(
      `SELECT count(*)::int FROM class WHERE dataset_id = $1 AND archived_at IS NULL AND EXISTS
         (SELECT 1 FROM image WHERE image.dataset_id = $1 AND consensus_class_id = class.id AND NOT held_out
           AND ($2::text IS NULL OR EXISTS
             (SELECT 1 FROM embedding WHERE image_id = image.id AND backbone_id = $2)))`,
      [datasetId, backboneId],
    );
    return (rows[0]?.count ?? 0) >= 2;
  }

  /** Undefined when such a run is active already: a dataset has one head and one network at a time. */
  private enqueue(
    datasetId: string,
    { recipe, options, trigger, person, isDue = () => Promise.resolve(true) }: RunOrder,
  ): Promise<RetrainRun | undefined> {
    return this.dataSource.transaction(async (manager) => {
      const id = uuid();
      // One at a time per dataset: whoever comes second sees the first one's run.
      const dataset = await manager.findOne(Dataset, {
        where: { id: datasetId },
        lock: rowLock,
      });
      const isHead = recipe === Recipe.HEAD;
      const active = await manager.countBy(RetrainRun, {
        datasetId,
        status: In(activeStatuses),
        recipe: isHead ? recipe : Not(Recipe.HEAD),
      });
      if (!dataset || active > 0 || !(await isDue(dataset, manager))) return undefined;
      await manager.increment(Dataset, { id: datasetId }, 'nextRunNumber', 1);
      await manager.insert(RetrainRun, {
        id,
        datasetId,
        number: dataset.nextRunNumber,
        status: RetrainRunStatus.QUEUED,
        recipe,
        options,
        backboneId: isHead ? await this.backboneFor(manager, dataset) : null,
        trigger,
        startedBy: person?.id ?? null,
      });
      if (trigger === RetrainRunTrigger.BACKBONE_CHANGED)
        await manager.update(Dataset, { id: datasetId }, { nextBackboneRunId: id });
      await this.jobs.send(jobOf(recipe), { runId: id }, manager);
      await this.events.record(manager, {
        datasetId,
        type: 'run.progressed',
        payload: { runId: id },
        actorId: person?.id ?? null,
      });
      return manager.findOneByOrFail(RetrainRun, { id });
    });
  }

  /** Once every image is embedded with the dataset's next backbone, runs are fitted on that one. */
  private async backboneFor(manager: EntityManager, dataset: Dataset): Promise<string | null> {
    const { id, backboneId, nextBackboneId } = dataset;
    const isReady = nextBackboneId !== null && (await isEmbedded(manager, id, nextBackboneId));
    return isReady ? nextBackboneId : backboneId;
  }
}

async function labelsSince(
  manager: EntityManager,
  datasetIds: readonly string[],
): Promise<Map<string, number>> {
  const rows: { id: string; count: number }[] = await manager.query(
    `SELECT dataset.id, (SELECT count(*)::int FROM label_event event
       WHERE event.dataset_id = dataset.id AND event.id > snapshot_event_id AND event.kind = 'recorded'
         -- an image that waits to be embedded teaches nothing yet
         AND NOT EXISTS (SELECT 1 FROM embedding_pending pending WHERE pending.image_id = event.image_id
           AND pending.backbone_id = dataset.backbone_id AND pending.attempts < ${maxAttempts}))
     -- and one that waited while the last run read the labels does now
     + (SELECT count(*)::int FROM embedding JOIN image ON image.id = embedding.image_id
       WHERE embedding.dataset_id = dataset.id AND embedding.backbone_id = dataset.backbone_id
         AND ${isUnseen} AND consensus_class_id IS NOT NULL AND NOT held_out
         AND NOT EXISTS (SELECT 1 FROM label_event later
           WHERE later.image_id = image.id AND later.id > snapshot_event_id)) AS count
     FROM dataset WHERE id = ANY($1)`,
    [datasetIds],
  );
  return new Map(rows.map((row) => [row.id, row.count]));
}
