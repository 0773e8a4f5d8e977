import { In, Not, type DataSource, type EntityManager } from 'typeorm';
import { lockName } from '../../database/namedLock';
import { Recipe, RetrainRunStatus } from '../../../shared/enums';
import { toPage, type Page, type PageRequest } from '../../domain/page';
import { liveWorkers } from '../../jobs/liveWorkers';
import { RetrainRun } from './retrainRun.entity';
import type { RunRows } from './run.ports';

const isActive = In([RetrainRunStatus.QUEUED, RetrainRunStatus.RUNNING]);

/** A dataset has at most one active run of each kind. */
export type RunKind = 'head' | 'network';
export const kindOf = (recipe: Recipe): RunKind => (recipe === Recipe.HEAD ? 'head' : 'network');
const recipesOf = (kind: RunKind) => (kind === 'head' ? Recipe.HEAD : Not(Recipe.HEAD));

/** How long a served run counts when people take turns. */
const turnsRemembered: Record<RunKind, string> = { head: '1 hour', network: '7 days' };
const turnsRead = 50;

export interface QueuedRun {
  id: string;
  datasetId: string;
  recipe: Recipe;
}

/** Reads and writes runs for people and for the job queue. Workers use RunAttemptRepository. */
export class RetrainRunRepository implements RunRows {
  constructor(private readonly dataSource: DataSource) {}

  find(id: string): Promise<RetrainRun | null> {
    return this.dataSource.manager.findOneBy(RetrainRun, { id });
  }

  get(manager: EntityManager, id: string): Promise<RetrainRun> {
    return manager.findOneByOrFail(RetrainRun, { id });
  }

  async byId(ids: readonly string[]): Promise<Map<string, RetrainRun>> {
    const runs = await this.dataSource.manager.findBy(RetrainRun, { id: In([...ids]) });
    return new Map(runs.map((run) => [run.id, run]));
  }

  /** Newest first. */
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

  /** The queued or running run of each dataset. */
  async activeOf(datasetIds: readonly string[], kind: RunKind): Promise<Map<string, RetrainRun>> {
    const runs = await this.dataSource.manager.findBy(RetrainRun, {
      datasetId: In([...datasetIds]),
      status: isActive,
      recipe: recipesOf(kind),
    });
    return new Map(runs.map((run) => [run.datasetId, run]));
  }

  hasActive(manager: EntityManager, datasetId: string, kind: RunKind): Promise<boolean> {
    return manager.existsBy(RetrainRun, { datasetId, status: isActive, recipe: recipesOf(kind) });
  }

  findActiveHeadRun(manager: EntityManager, datasetId: string): Promise<RetrainRun | null> {
    return manager.findOneBy(RetrainRun, { datasetId, status: isActive, recipe: Recipe.HEAD });
  }

  findActiveOn(
    manager: EntityManager,
    datasetId: string,
    backboneId: string,
  ): Promise<RetrainRun[]> {
    return manager.findBy(RetrainRun, { datasetId, backboneId, status: isActive });
  }

  async insert(manager: EntityManager, run: Partial<RetrainRun>): Promise<void> {
    await manager.insert(RetrainRun, run);
  }

  /** Ends a queued run and asks the worker of a running one to stop. @returns undefined for a run that is over */
  async requestCancel(manager: EntityManager, id: string): Promise<RetrainRunStatus | undefined> {
    const [rows] = await manager.query<[{ status: RetrainRunStatus }[], number]>(
      `UPDATE retrain_run SET cancel_requested_at = clock_timestamp(),
         finished_at = CASE status WHEN 'QUEUED' THEN clock_timestamp() END,
         status = CASE status WHEN 'QUEUED' THEN 'CANCELLED' ELSE status END
       WHERE id = $1 AND status IN ('QUEUED', 'RUNNING') RETURNING status`,
      [id],
    );
    return rows[0]?.status;
  }

  /** Queues the runs of dead workers again. */
  async requeueAbandoned(manager: EntityManager): Promise<QueuedRun[]> {
    const [rows] = await manager.query<[QueuedRun[], number]>(
      `UPDATE retrain_run SET status = 'QUEUED', worker_id = NULL
       WHERE status = 'RUNNING' AND worker_id NOT IN (${liveWorkers})
       RETURNING id, dataset_id AS "datasetId", recipe`,
    );
    return rows;
  }

  /** The attempts that are recorded as running on a worker. */
  runningOn(workerId: string): Promise<{ id: string; attempt: number }[]> {
    return this.dataSource.query(
      `SELECT id, attempt FROM retrain_run WHERE status = 'RUNNING' AND worker_id = $1`,
      [workerId],
    );
  }

  /** Queues an attempt that its worker has lost again. @returns undefined when it has ended */
  async requeueLost(
    manager: EntityManager,
    { id, attempt }: { id: string; attempt: number },
  ): Promise<QueuedRun | undefined> {
    const [rows] = await manager.query<[QueuedRun[], number]>(
      `UPDATE retrain_run SET status = 'QUEUED', worker_id = NULL
       WHERE id = $1 AND attempt = $2 AND status = 'RUNNING'
       RETURNING id, dataset_id AS "datasetId", recipe`,
      [id, attempt],
    );
    return rows[0];
  }

  /** Queues the runs of a worker that ends normally, so that they do not count as abandoned. */
  async release(workerId: string): Promise<void> {
    await this.dataSource.query(
      `UPDATE retrain_run SET status = 'QUEUED', worker_id = NULL
       WHERE status = 'RUNNING' AND worker_id = $1`,
      [workerId],
    );
  }

  /**
   * The queued runs of a kind, in turn: first those of the person who was served longest ago, then
   * those of the dataset that was. A run that nobody started counts for the dataset's owner.
   */
  async inTurn(kind: RunKind): Promise<string[]> {
    const rows: { id: string }[] = await this.dataSource.query(
      `WITH waiting AS (
         SELECT run.id, dataset_id, queued_at, coalesce(started_by, created_by) AS person
         FROM retrain_run run JOIN dataset ON dataset.id = dataset_id
         WHERE status = 'QUEUED' AND (recipe = 'HEAD') = $1
       ), served AS (
         SELECT dataset_id, coalesce(started_by, created_by) AS person, max(started_at) AS served_at
         FROM retrain_run run JOIN dataset ON dataset.id = dataset_id
         WHERE started_at > clock_timestamp() - $2::interval AND status <> 'QUEUED'
           AND (recipe = 'HEAD') = $1
         GROUP BY 1, 2
       )
       SELECT id FROM waiting
       ORDER BY (SELECT max(served_at) FROM served WHERE served.person = waiting.person) NULLS FIRST,
         (SELECT max(served_at) FROM served WHERE served.dataset_id = waiting.dataset_id) NULLS FIRST,
         queued_at, id
       LIMIT ${turnsRead}`,
      [kind === 'head', turnsRemembered[kind]],
    );
    return rows.map(({ id }) => id);
  }

  /** The active network runs that a person started. Others that ask for the same person wait. */
  async countDeepOf(manager: EntityManager, personId: string): Promise<number> {
    await lockName(manager, `network runs of ${personId}`);
    const recipe = recipesOf('network');
    return manager.countBy(RetrainRun, { startedBy: personId, status: isActive, recipe });
  }

  /** Runs that no worker has taken for a few seconds. */
  findWaiting(): Promise<QueuedRun[]> {
    return this.dataSource.query(
      `SELECT id, dataset_id AS "datasetId", recipe FROM retrain_run
       WHERE status = 'QUEUED' AND queued_at < clock_timestamp() - interval '5 seconds'`,
    );
  }

  async markRestored(manager: EntityManager, id: string): Promise<void> {
    await manager.query(
      'UPDATE retrain_run SET predictions_restored_at = clock_timestamp() WHERE id = $1',
      [id],
    );
  }

  /** What a trained backbone was fine-tuned from; null if it was trained from scratch. Undefined for others. */
  async findBaseBackbone(trainedBackboneId: string): Promise<string | null | undefined> {
    const rows: { base: string | null }[] = await this.dataSource.query(
      `SELECT options->>'baseBackboneId' AS base FROM trained_backbone
       JOIN retrain_run ON retrain_run.id = run_id WHERE trained_backbone.id = $1`,
      [trainedBackboneId],
    );
    return rows[0]?.base;
  }
}
