import type { DataSource, EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { Recipe, RetrainRunStatus, RetrainRunTrigger } from '../../../../shared/enums';
import { LimitExceededError } from '../../../domain/errors';
import type { Viewer } from '../../../domain/viewer';
import type { HeldWork } from '../../../jobs/heldWork';
import type { JobQueue } from '../../../jobs/jobQueue';
import type { Dataset, DatasetWriter } from '../../datasets/dataset.ports';
import type { EmbeddingQueue } from '../../embeddings/embedding.ports';
import type { EventRecorder } from '../../events/event.ports';
import type { DeepOptionsRecord, RetrainRun } from '../retrainRun.entity';
import { kindOf, type RetrainRunRepository } from '../retrainRun.repository';

/** What a run will do. The rest is decided when it is queued. */
export interface RunOrder {
  recipe: Recipe;
  options: DeepOptionsRecord | null;
  trigger: RetrainRunTrigger;
  person: Viewer | null;
  /** Checked again under the lock on the dataset, when nobody else can start a run. */
  isDue?: (dataset: Dataset, manager: EntityManager) => Promise<boolean>;
}

export interface RunDispatcherParts {
  dataSource: DataSource;
  runs: RetrainRunRepository;
  datasets: DatasetWriter;
  embeddingQueue: EmbeddingQueue;
  events: EventRecorder;
  jobs: JobQueue;
  /** Network runs that one person may have waiting or training, in all datasets. */
  maxDeepRuns: number;
}

const jobOf = (recipe: Recipe) => (recipe === Recipe.HEAD ? 'retrain' : 'train');

/** Queues runs for the workers, cancels them, and queues those of dead workers again. */
export class RunDispatcher {
  constructor(private readonly parts: RunDispatcherParts) {}

  /**
   * @returns undefined when such a run is active already; a dataset has one head run and one
   *   network run at a time
   * @throws LimitExceededError when the person has too many network runs in all datasets
   */
  async enqueue(datasetId: string, order: RunOrder): Promise<RetrainRun | undefined> {
    const { dataSource, runs, datasets, jobs } = this.parts;
    return dataSource.transaction(async (manager) => {
      const dataset = await datasets.lockIfExists(manager, datasetId);
      const kind = kindOf(order.recipe);
      if (!dataset || (await runs.hasActive(manager, datasetId, kind))) return undefined;
      if (order.isDue && !(await order.isDue(dataset, manager))) return undefined;
      if (kind === 'network') await this.refuseTooMany(manager, order.person);
      const id = await this.insert(manager, dataset, order);
      if (order.trigger === RetrainRunTrigger.BACKBONE_CHANGED)
        await datasets.setNextBackboneRun(manager, datasetId, id);
      await jobs.send(jobOf(order.recipe), { runId: id }, { manager });
      await this.recordProgress(manager, { id, datasetId }, order.person);
      return runs.get(manager, id);
    });
  }

  /** Ends a queued run at once and a running one when its worker notices. @returns whether it was active */
  async requestCancel(
    manager: EntityManager,
    { id, datasetId }: RetrainRun,
    person: Viewer | null = null,
  ): Promise<boolean> {
    const status = await this.parts.runs.requestCancel(manager, id);
    if (!status) return false;
    await this.parts.events.record(manager, {
      datasetId,
      type: status === RetrainRunStatus.CANCELLED ? 'run.ended' : 'run.progressed',
      payload: { runId: id },
      actorId: person?.id ?? null,
    });
    return true;
  }

  /** Gives back the runs of a worker that ends normally. Another one takes them. */
  release(workerId: string): Promise<void> {
    return this.parts.runs.release(workerId);
  }

  /** Sends the jobs of runs again whose worker died or whose job was lost. */
  async requeueAbandoned(): Promise<void> {
    const { dataSource, runs, jobs } = this.parts;
    await dataSource.transaction(async (manager) => {
      for (const run of await runs.requeueAbandoned(manager)) {
        await jobs.send(jobOf(run.recipe), { runId: run.id }, { manager });
        await this.recordProgress(manager, run);
      }
    });
    for (const { id, recipe } of await runs.findWaiting())
      await jobs.send(jobOf(recipe), { runId: id });
  }

  /** Queues again what is recorded as running on this worker, but does not run in it. */
  async requeueLost(workerId: string, held: HeldWork): Promise<void> {
    const { dataSource, runs, jobs } = this.parts;
    for (const attempt of await runs.runningOn(workerId)) {
      if (held.has('run', attempt.id)) continue;
      await dataSource.transaction(async (manager) => {
        const run = await runs.requeueLost(manager, attempt);
        if (!run) return;
        await jobs.send(jobOf(run.recipe), { runId: run.id }, { manager });
        await this.recordProgress(manager, run);
      });
    }
  }

  private async refuseTooMany(manager: EntityManager, person: Viewer | null): Promise<void> {
    if (!person) return;
    const { runs, maxDeepRuns } = this.parts;
    const active = await runs.countDeepOf(manager, person.id);
    if (active < maxDeepRuns) return;
    throw new LimitExceededError(
      'network runs at once',
      maxDeepRuns,
      active + 1,
      `You have ${active} network runs that wait or train, and the limit is ${maxDeepRuns}. ` +
        'Wait until one has ended, or cancel it.',
    );
  }

  private async insert(
    manager: EntityManager,
    dataset: Dataset,
    { recipe, options, trigger, person }: RunOrder,
  ): Promise<string> {
    const { runs, datasets } = this.parts;
    const id = uuid();
    await datasets.takeRunNumber(manager, dataset.id);
    await runs.insert(manager, {
      id,
      datasetId: dataset.id,
      number: dataset.nextRunNumber,
      status: RetrainRunStatus.QUEUED,
      recipe,
      options,
      backboneId: recipe === Recipe.HEAD ? await this.backboneFor(manager, dataset) : null,
      trigger,
      startedBy: person?.id ?? null,
    });
    return id;
  }

  /** The dataset's next backbone once every image is embedded with it, else the current one. */
  private async backboneFor(manager: EntityManager, dataset: Dataset): Promise<string | null> {
    const { id, backboneId, nextBackboneId } = dataset;
    const { embeddingQueue } = this.parts;
    const isReady =
      nextBackboneId !== null && (await embeddingQueue.isEmbedded(manager, id, nextBackboneId));
    return isReady ? nextBackboneId : backboneId;
  }

  private recordProgress(
    manager: EntityManager,
    { id, datasetId }: Pick<RetrainRun, 'id' | 'datasetId'>,
    person: Viewer | null = null,
  ): Promise<void> {
    return this.parts.events.record(manager, {
      datasetId,
      type: 'run.progressed',
      payload: { runId: id },
      actorId: person?.id ?? null,
    });
  }
}
