import type { DataSource } from 'typeorm';
import { Recipe, RetrainRunTrigger } from '../../../shared/enums';
import { InvalidInputError, InvalidStateError, NotFoundError } from '../../domain/errors';
import type { Page, PageRequest } from '../../domain/page';
import type { Viewer } from '../../domain/viewer';
import type { Dataset } from '../datasets/dataset.ports';
import { authorizeCancel, type DatasetService } from '../datasets/dataset.service';
import { deepOptionsOf } from './deep/deepOptions';
import type { RetrainRun } from './retrainRun.entity';
import type { StartRetrainRunInput } from './retrainRun.input';
import type { RetrainRunRepository } from './retrainRun.repository';
import type { RunDispatcher, RunOrder } from './run/runDispatcher';
import type { TrainableLabelRepository } from './run/trainableLabels.repository';

/** The backbones that this server knows. */
export interface KnownBackbones {
  /** Requires a backbone that the dataset can have. @throws InvalidInputError */
  requireOf(datasetId: string, backboneId: string): Promise<void>;
  defaultBackboneId(): string | null;
}

export interface RetrainRunServiceParts {
  dataSource: DataSource;
  runs: RetrainRunRepository;
  labels: TrainableLabelRepository;
  datasets: DatasetService;
  dispatcher: RunDispatcher;
  backbones: KnownBackbones;
}

/** Shows runs to people, and lets them start and cancel runs. */
export class RetrainRunService {
  constructor(private readonly parts: RetrainRunServiceParts) {}

  /** @throws NotFoundError, ForbiddenError */
  async open(viewer: Viewer | null, id: string): Promise<RetrainRun> {
    const run = await this.parts.runs.find(id);
    if (!run) throw new NotFoundError('RetrainRun', id);
    await this.parts.datasets.open(viewer, run.datasetId, 'view');
    return run;
  }

  async start(viewer: Viewer | null, input: StartRetrainRunInput): Promise<RetrainRun> {
    const { datasets, dispatcher } = this.parts;
    const opened = await datasets.open(viewer, input.datasetId, 'train');
    const { dataset } = opened;
    const order = await this.orderOf(dataset, input);
    await this.requireLabels(dataset, order.recipe);
    const manual = { trigger: RetrainRunTrigger.MANUAL, person: opened.viewer };
    const run = await dispatcher.enqueue(dataset.id, { ...order, ...manual });
    if (!run)
      throw new InvalidStateError('A run is already queued or running. Wait for it, or cancel it.');
    return run;
  }

  /** @throws NotFoundError, ForbiddenError, InvalidStateError */
  async cancel(viewer: Viewer | null, id: string): Promise<RetrainRun> {
    const { dataSource, runs, datasets, dispatcher } = this.parts;
    const run = await this.open(viewer, id);
    const opened = await datasets.open(viewer, run.datasetId, 'train');
    const { createdBy: datasetOwnerId } = opened.dataset;
    authorizeCancel(viewer, 'run', { startedById: run.startedBy, datasetOwnerId });
    return dataSource.transaction(async (manager) => {
      if (!(await dispatcher.requestCancel(manager, run, opened.viewer)))
        throw new InvalidStateError('The run has ended, so there is nothing to cancel.');
      return runs.get(manager, run.id);
    });
  }

  /** A dataset's runs, newest first. */
  page(
    datasetId: string,
    request: PageRequest,
  ): Promise<Page<RetrainRun> & { totalCount: number }> {
    return this.parts.runs.page(datasetId, request);
  }

  readonly byId = (ids: readonly string[]): Promise<Map<string, RetrainRun>> =>
    this.parts.runs.byId(ids);

  /** The queued or running head run of each dataset. */
  readonly activeOf = (datasetIds: readonly string[]): Promise<Map<string, RetrainRun>> =>
    this.parts.runs.activeOf(datasetIds, 'head');

  /** The queued or running network run of each dataset. */
  readonly activeDeepOf = (datasetIds: readonly string[]): Promise<Map<string, RetrainRun>> =>
    this.parts.runs.activeOf(datasetIds, 'network');

  /** Labels of each dataset that the last run did not see and the next one can learn from. */
  readonly labelsSince = (datasetIds: readonly string[]): Promise<Map<string, number>> =>
    this.parts.labels.countSinceLastRun(datasetIds);

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
        'A head has no training options. Leave them out, or choose another recipe.',
      );
    if (recipe === Recipe.HEAD) return { recipe, options: null };
    const base = training?.backboneId ?? (await this.pretrainedOf(dataset.backboneId));
    await this.parts.backbones.requireOf(dataset.id, base);
    return { recipe, options: deepOptionsOf(recipe, training ?? {}, base) };
  }

  /** The pretrained backbone itself, or the one that the dataset's network was fine-tuned from. */
  private async pretrainedOf(backboneId: string): Promise<string> {
    const base = await this.parts.runs.findBaseBackbone(backboneId);
    if (base === undefined) return backboneId;
    return base ?? this.parts.backbones.defaultBackboneId() ?? backboneId;
  }

  /** A head needs embedded images. A network is trained on the images themselves. */
  private async requireLabels({ id, backboneId }: Dataset, recipe: Recipe): Promise<void> {
    const { labels } = this.parts;
    const embeddedBy = recipe === Recipe.HEAD ? backboneId : null;
    if (await labels.hasTwoClasses(id, embeddedBy)) return;
    throw new InvalidStateError(
      embeddedBy && (await labels.hasTwoClasses(id))
        ? 'The labelled images are not embedded yet. Start the run in a moment.'
        : 'A run needs labels of at least two classes. Label a few more images first.',
    );
  }
}
