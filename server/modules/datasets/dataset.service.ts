import { In, type DataSource, type EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { limits } from '../../../shared/limits';
import type { Viewer } from '../../domain/viewer';
import {
  AlreadyExistsError,
  InvalidInputError,
  LimitExceededError,
  NotFoundError,
} from '../../domain/errors';
import { toPage, type Page, type PageRequest } from '../../domain/page';
import { requireViewer } from '../auth/auth.service';
import type { EventRecorder } from '../events/event.ports';
import { Class } from './class.entity';
import { newClasses } from './newClasses';
import { Dataset } from './dataset.entity';
import type { CreateDatasetInput, UpdateDatasetInput } from './dataset.input';
import { authorizeOnDataset, mayOnDataset, type DatasetAction } from './dataset.policy';
import { cleanName } from '../../domain/names';
import { alphaOf, shareOf } from './shares';

export interface DefaultBackbone {
  /** The backbone new datasets get; null while this server has none. */
  defaultBackboneId(): string | null;
}

export interface SecondOpinionSettings {
  /** Within the transaction that changes them. */
  applySettings(manager: EntityManager, dataset: Dataset): Promise<void>;
}

export interface CertificateSettings {
  /** Within the transaction that changes alpha. @throws InvalidStateError while attempts share it */
  applyAlpha(manager: EntityManager, datasetId: string): Promise<void>;
}

export class DatasetService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly events: EventRecorder,
    private readonly backbones: DefaultBackbone,
    private readonly secondOpinions: SecondOpinionSettings,
    private readonly certificates: CertificateSettings,
  ) {}

  /** Loads a dataset for an action of the viewer. @throws UnauthenticatedError, NotFoundError, ForbiddenError */
  async open(
    viewer: Viewer | null,
    id: string,
    action: DatasetAction,
  ): Promise<{ viewer: Viewer; dataset: Dataset }> {
    requireViewer(viewer);
    const dataset = await this.dataSource.manager.findOneBy(Dataset, { id });
    if (!dataset) throw new NotFoundError('Dataset', id);
    return { viewer: authorizeOnDataset(viewer, action, dataset), dataset };
  }

  /** Whether the viewer may see the dataset. It does not check that the dataset exists. */
  mayView(viewer: Viewer | null, id: string): boolean {
    return mayOnDataset(viewer, 'view', { id });
  }

  async list(
    viewer: Viewer | null,
    request: PageRequest,
  ): Promise<Page<Dataset> & { totalCount: number }> {
    requireViewer(viewer);
    const query = this.dataSource.manager
      .createQueryBuilder(Dataset, 'dataset')
      .orderBy('dataset.id', 'DESC')
      .take(request.first + 1);
    const totalCount = await query.getCount();
    if (request.after) query.where('dataset.id < :id', { id: request.after[0] });
    const page = toPage(await query.getMany(), request.first, (dataset) => [dataset.id]);
    return { ...page, totalCount };
  }

  async create(viewer: Viewer | null, input: CreateDatasetInput): Promise<Dataset> {
    const person = requireViewer(viewer);
    const name = cleanName('name', input.name);
    const dataset: Partial<Dataset> = {
      id: uuid(),
      name,
      createdBy: person.id,
      backboneId: this.backbones.defaultBackboneId(),
      autoRetrainAfter: autoRetrainAfterOf(input.autoRetrainAfter ?? 20),
      splitSeed: input.seed ? cleanName('seed', input.seed) : uuid(),
    };
    const classes = newClasses(dataset.id ?? '', input.classNames ?? [], []);
    return this.dataSource.transaction(async (manager) => {
      await this.refuseTakenName(manager, name);
      await manager.insert(Dataset, dataset);
      if (classes.length > 0) await manager.insert(Class, classes);
      await this.recordChange(manager, dataset.id ?? '', person);
      return manager.findOneByOrFail(Dataset, { id: dataset.id });
    });
  }

  async update(viewer: Viewer | null, input: UpdateDatasetInput): Promise<Dataset> {
    const { viewer: person, dataset } = await this.open(viewer, input.id, 'manage');
    const changes: Partial<Dataset> = {
      ...(input.name != null && { name: cleanName('name', input.name) }),
      ...(input.autoRetrainAfter != null && {
        autoRetrainAfter: autoRetrainAfterOf(input.autoRetrainAfter),
      }),
      ...(input.targetAccuracy != null && {
        targetAccuracy: targetAccuracyOf(input.targetAccuracy),
      }),
      ...(input.certificateEpsilon != null && {
        certificateEpsilon: shareOf('certificateEpsilon', input.certificateEpsilon),
      }),
      ...(input.certificateAlpha != null && {
        certificateAlpha: alphaOf('certificateAlpha', input.certificateAlpha),
      }),
      ...overlapOf(input),
    };
    if (Object.keys(changes).length === 0) return dataset;
    return this.dataSource.transaction(async (manager) => {
      if (changes.name) await this.refuseTakenName(manager, changes.name, dataset.id);
      await manager.update(Dataset, { id: dataset.id }, changes);
      if (changesOverlap(dataset, changes))
        await this.secondOpinions.applySettings(manager, { ...dataset, ...changes });
      if ((changes.certificateAlpha ?? dataset.certificateAlpha) !== dataset.certificateAlpha)
        await this.certificates.applyAlpha(manager, dataset.id);
      await this.recordChange(manager, dataset.id, person);
      return manager.findOneByOrFail(Dataset, { id: dataset.id });
    });
  }

  readonly byId = async (ids: readonly string[]): Promise<Map<string, Dataset>> => {
    const datasets = await this.dataSource.manager.findBy(Dataset, { id: In([...ids]) });
    return new Map(datasets.map((dataset) => [dataset.id, dataset]));
  };

  private async refuseTakenName(
    manager: EntityManager,
    name: string,
    except?: string,
  ): Promise<void> {
    // Two people who pick one name at once are told apart by this lock, not by a broken index.
    await manager.query('SELECT pg_advisory_xact_lock(hashtext($1))', [
      `dataset:${name.toLowerCase()}`,
    ]);
    const taken: unknown[] = await manager.query(
      'SELECT 1 FROM dataset WHERE lower(name) = lower($1) AND id IS DISTINCT FROM $2',
      [name, except ?? null],
    );
    if (taken.length > 0)
      throw new AlreadyExistsError(
        'name',
        `There is a dataset named “${name}” already. Pick another name.`,
      );
  }

  private recordChange(manager: EntityManager, datasetId: string, person: Viewer): Promise<void> {
    return this.events.record(manager, {
      datasetId,
      type: 'dataset.changed',
      payload: {},
      actorId: person.id,
    });
  }
}

function targetAccuracyOf(value: number): number {
  if (value > 0 && value < 1) return value;
  throw new InvalidInputError('targetAccuracy', 'Give an accuracy between 0 and 1, both left out.');
}

function autoRetrainAfterOf(value: number): number {
  if (value < 0)
    throw new InvalidInputError(
      'autoRetrainAfter',
      'Give a number of labels, or 0 to switch it off.',
    );
  if (value > limits.maxAutoRetrainAfter)
    throw new LimitExceededError('labels between runs', limits.maxAutoRetrainAfter, value);
  return value;
}

function overlapOf(input: UpdateDatasetInput): Partial<Dataset> {
  const { overlapMode, overlap, overlapShare, blindShare } = input;
  if (overlap != null && !(overlap >= 1 && overlap <= limits.maxOverlap))
    throw new InvalidInputError('overlap', `Ask for 1 to ${limits.maxOverlap} answers per image.`);
  return {
    ...(overlapMode != null && { overlapMode }),
    ...(overlap != null && { overlap }),
    ...(overlapShare != null && { overlapShare: partOf('overlapShare', overlapShare) }),
    ...(blindShare != null && { blindShare: partOf('blindShare', blindShare) }),
  };
}

/** Shares are kept in single precision: a difference below that is none. */
const changesOverlap = (before: Dataset, changes: Partial<Dataset>): boolean => {
  const after = { ...before, ...changes };
  return (
    after.overlapMode !== before.overlapMode ||
    after.overlap !== before.overlap ||
    Math.abs(after.overlapShare - before.overlapShare) > 1e-6
  );
};

function partOf(field: string, value: number): number {
  if (value >= 0 && value <= 1) return value;
  throw new InvalidInputError(field, 'Give a share from 0 to 1, for example 0.1 for a tenth.');
}
