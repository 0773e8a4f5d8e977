import type { DataSource, EntityManager } from 'typeorm';
import { insertRows } from '../../database/insertRows';
import { v7 as uuid } from 'uuid';
import { limits } from '../../../shared/limits';
import type { Viewer } from '../../domain/viewer';
import {
  AlreadyExistsError,
  InvalidInputError,
  LimitExceededError,
  NotFoundError,
} from '../../domain/errors';
import { shareOf, targetAccuracyOf } from '../../domain/shares';
import type { Page, PageRequest } from '../../domain/page';
import { requireViewer } from '../auth/auth.service';
import type { EventRecorder } from '../events/event.ports';
import { Class } from './class.entity';
import { newClasses } from './newClasses';
import type { Dataset } from './dataset.entity';
import type { CreateDatasetInput, UpdateDatasetInput } from './dataset.input';
import { authorizeOnDataset, mayOnDataset, type DatasetAction } from './dataset.policy';
import { cleanName } from '../../domain/names';
import type { DatasetSettings } from './dataset.ports';
import type { DatasetRepository } from './dataset.repository';

export { authorizeCancel, mayCancel } from './dataset.policy';

export class DatasetService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly rows: DatasetRepository,
    private readonly events: EventRecorder,
    private readonly settings: DatasetSettings,
  ) {}

  /** Loads a dataset for an action of the viewer. @throws UnauthenticatedError, NotFoundError, ForbiddenError */
  async open(
    viewer: Viewer | null,
    id: string,
    action: DatasetAction,
  ): Promise<{ viewer: Viewer; dataset: Dataset }> {
    requireViewer(viewer);
    const dataset = await this.rows.find(id);
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
    return this.rows.page(request);
  }

  async create(viewer: Viewer | null, input: CreateDatasetInput): Promise<Dataset> {
    const person = requireViewer(viewer);
    const name = cleanName('name', input.name);
    const id = uuid();
    const dataset = {
      id,
      name,
      createdBy: person.id,
      backboneId: this.settings.backbones.defaultBackboneId(),
      autoRetrainAfter: autoRetrainAfterOf(input.autoRetrainAfter ?? 20),
      splitSeed: input.seed ? cleanName('seed', input.seed) : uuid(),
    };
    const classes = newClasses(id, input.classNames ?? [], []);
    return this.dataSource.transaction(async (manager) => {
      await this.refuseTakenName(manager, name);
      await this.rows.insert(manager, dataset);
      await insertRows(manager, Class, classes);
      await this.recordChange(manager, id, person);
      return this.rows.get(manager, id);
    });
  }

  async update(viewer: Viewer | null, input: UpdateDatasetInput): Promise<Dataset> {
    const { viewer: person, dataset } = await this.open(viewer, input.id, 'manage');
    const { certificates, secondOpinions } = this.settings;
    const changes: Partial<Dataset> = {
      ...(input.name != null && { name: cleanName('name', input.name) }),
      ...(input.autoRetrainAfter != null && {
        autoRetrainAfter: autoRetrainAfterOf(input.autoRetrainAfter),
      }),
      ...(input.targetAccuracy != null && {
        targetAccuracy: targetAccuracyOf('targetAccuracy', input.targetAccuracy),
      }),
      ...(input.certificateEpsilon != null && {
        certificateEpsilon: certificates.checkEpsilon(
          'certificateEpsilon',
          input.certificateEpsilon,
        ),
      }),
      ...(input.certificateAlpha != null && {
        certificateAlpha: certificates.checkAlpha('certificateAlpha', input.certificateAlpha),
      }),
      ...overlapOf(input),
    };
    if (Object.keys(changes).length === 0) return dataset;
    return this.dataSource.transaction(async (manager) => {
      if (changes.name) await this.refuseTakenName(manager, changes.name, dataset.id);
      await this.rows.change(manager, dataset.id, changes);
      if (changesOverlap(dataset, changes))
        await secondOpinions.applySettings(manager, { ...dataset, ...changes });
      if ((changes.certificateAlpha ?? dataset.certificateAlpha) !== dataset.certificateAlpha)
        await certificates.applyAlpha(manager, dataset.id);
      await this.recordChange(manager, dataset.id, person);
      return this.rows.get(manager, dataset.id);
    });
  }

  readonly byId = async (ids: readonly string[]): Promise<Map<string, Dataset>> => {
    return this.rows.byId(ids);
  };

  private async refuseTakenName(
    manager: EntityManager,
    name: string,
    except?: string,
  ): Promise<void> {
    const taken = await this.rows.takenName(manager, name, except);
    if (taken === undefined) return;
    const isSame = taken.toLowerCase() === name.toLowerCase();
    throw new AlreadyExistsError(
      'name',
      isSame
        ? `There is already a dataset named “${name}”. Choose another name.`
        : `“${name}” looks like the dataset “${taken}”. Choose another name.`,
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

function autoRetrainAfterOf(value: number): number {
  if (value < 0)
    throw new InvalidInputError(
      'autoRetrainAfter',
      'Enter a number of labels, or 0 to switch it off.',
    );
  if (value > limits.maxAutoRetrainAfter)
    throw new LimitExceededError('labels between runs', limits.maxAutoRetrainAfter, value);
  return value;
}

function overlapOf(input: UpdateDatasetInput): Partial<Dataset> {
  const { overlapMode, overlap, overlapShare, blindShare } = input;
  if (overlap != null && !(overlap >= 1 && overlap <= limits.maxOverlap))
    throw new InvalidInputError('overlap', `Enter 1 to ${limits.maxOverlap} answers per image.`);
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

const partOf = (field: string, value: number): number =>
  shareOf(field, value, 'Enter a share from 0 to 1, for example 0.1 for a tenth.');
