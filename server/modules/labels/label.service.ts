import { In, type DataSource, type EntityManager } from 'typeorm';
import { hasControlCharacters } from '../../../shared/controlCharacters';
import { limits } from '../../../shared/limits';
import { groupedBy } from '../../domain/groupedBy';
import type { BlindGuard } from '../../domain/blind';
import type { Viewer } from '../../domain/viewer';
import {
  DomainError,
  ForbiddenError,
  InvalidInputError,
  LimitExceededError,
  NotFoundError,
} from '../../domain/errors';
import type { ClassService } from '../datasets/class.service';
import type { Class, Dataset } from '../datasets/dataset.ports';
import type { DatasetService } from '../datasets/dataset.service';
import type { Image, ImageRows } from '../images/image.ports';
import { requireViewer } from '../auth/auth.service';
import { consensusOf, type Consensus } from './consensus';
import type { ConsensusHistory } from './consensusHistory';
import { afterEvent } from './deriveConsensus';
import type { RecordLabelInput, UndoLabelInput } from './label.input';
import { Label } from './label.entity';
import type { LabelRepository, MutationUse } from './label.repository';
import type { LabelWriter, Recorded } from './labelWriter';
import { isFinal, toStoredError } from './storedError';

export interface LabelResult {
  label: Label;
  image: Image;
  clientMutationId: string;
}

/** An answer of a grid that was not recorded. */
export interface FailedLabel {
  clientMutationId: string;
  error: DomainError;
}

export type LabelOutcome = LabelResult | FailedLabel;

const maxMutationIdLength = 200;
const maxLeaseTokenLength = 100;

interface LabelServiceParts {
  dataSource: DataSource;
  datasets: DatasetService;
  classes: ClassService;
  images: ImageRows;
  rows: LabelRepository;
  history: ConsensusHistory;
  writer: LabelWriter;
  blinds: BlindGuard;
}

export class LabelService {
  constructor(private readonly parts: LabelServiceParts) {}

  async record(viewer: Viewer | null, input: RecordLabelInput): Promise<LabelResult> {
    requireViewer(viewer);
    const { imageId, classId, clientMutationId, leaseToken = null, expectedVersion = null } = input;
    checkMutationId(clientMutationId);
    checkLeaseToken(leaseToken);
    const image = await this.parts.images.find(imageId);
    if (!image) throw new NotFoundError('Image', imageId);
    const [opened, chosen] = await Promise.all([
      this.parts.datasets.open(viewer, image.datasetId, 'label'),
      this.parts.classes.find(classId),
    ]);
    const person = opened.viewer;
    const use = { userId: person.id, clientMutationId, content: ['record', imageId, classId] };
    const answer = { imageId, classId, leaseToken, expectedVersion };
    const recorded = await this.onceOnly(use, () => {
      checkClass(opened.dataset, classId, chosen);
      return this.parts.writer.record(opened.dataset, person, answer, use);
    });
    const { label, image: answered } = recorded;
    if (!answered) return this.result(label, clientMutationId);
    // The answer has ended the person's tasks for the image. A repeated call has not: the person
    // may hold a new one.
    this.parts.blinds.disclose(answered);
    return { label, image: answered, clientMutationId: input.clientMutationId };
  }

  /** Records the answers of a grid. Each one succeeds or fails separately. */
  async recordAll(
    viewer: Viewer | null,
    inputs: readonly RecordLabelInput[],
  ): Promise<LabelOutcome[]> {
    requireViewer(viewer);
    if (inputs.length > limits.maxLabelsPerCall)
      throw new LimitExceededError('labels in one call', limits.maxLabelsPerCall, inputs.length);
    const results: LabelOutcome[] = [];
    for (const input of inputs) {
      try {
        results.push(await this.record(viewer, input));
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        results.push({ clientMutationId: input.clientMutationId, error });
      }
    }
    return results;
  }

  async undo(viewer: Viewer | null, input: UndoLabelInput): Promise<LabelResult> {
    const person = requireViewer(viewer);
    const { labelId } = input;
    checkMutationId(input.clientMutationId);
    const label = await this.parts.dataSource.manager.findOneBy(Label, { id: labelId });
    if (!label) throw new NotFoundError('Label', labelId);
    const { dataset } = await this.parts.datasets.open(viewer, label.datasetId, 'label');
    if (label.userId !== person.id)
      throw new ForbiddenError(
        'Only the person who gave a label can undo it. Give your own answer instead.',
      );
    const { clientMutationId } = input;
    const use = { userId: person.id, clientMutationId, content: ['undo', labelId], labelId };
    const undone = await this.onceOnly(use, async () => ({
      label: await this.parts.writer.undo(dataset, label, person, use),
    }));
    return this.result(undone.label, clientMutationId);
  }

  /**
   * Runs a mutation. Its first outcome is stored, also if it is an error. Every repeat returns it,
   * even if something has changed since.
   */
  private async onceOnly(use: MutationUse, mutate: () => Promise<Recorded>): Promise<Recorded> {
    try {
      return await mutate();
    } catch (error) {
      if (!isFinal(error)) throw error;
      const { dataSource, rows } = this.parts;
      const first = await rows.claim(dataSource.manager, use, toStoredError(error));
      if (first.isNew) throw error;
      const label = await dataSource.manager.findOneByOrFail(Label, { id: first.labelId });
      return { label };
    }
  }

  /** Records that a locked image has a known class from now on. */
  async settleByGold(manager: EntityManager, image: Image, classId: string): Promise<void> {
    const { history } = this.parts;
    await history.stateOf(manager, image);
    await history.add(manager, [{ image, event: { kind: 'gold', classId } }]);
  }

  /**
   * Records that a locked image has no known class any more. @returns its consensus by its labels
   */
  async settleWithoutGold(manager: EntityManager, image: Image): Promise<Consensus> {
    const { history } = this.parts;
    const event = { kind: 'goldRemoved' } as const;
    const after = afterEvent(await history.stateOf(manager, image), event);
    await history.add(manager, [{ image, event }]);
    return consensusOf(after.by);
  }

  readonly byId = async (ids: readonly string[]): Promise<Map<string, Label>> => {
    const labels = await this.parts.dataSource.manager.findBy(Label, { id: In([...ids]) });
    return new Map(labels.map((label) => [label.id, label]));
  };

  /** Labels in force, newest first. */
  readonly ofImages = async (imageIds: readonly string[]): Promise<Map<string, Label[]>> => {
    const labels = await this.parts.dataSource.manager.find(Label, {
      where: { imageId: In([...imageIds]), inForce: true },
      order: { createdAt: 'DESC' },
    });
    return groupedBy(imageIds, labels, ({ imageId }) => imageId);
  };

  private async result(label: Label, clientMutationId: string): Promise<LabelResult> {
    const image = await this.parts.images.get(this.parts.dataSource.manager, label.imageId);
    return { label, image, clientMutationId };
  }
}

/** @throws NotFoundError, InvalidInputError */
function checkClass(dataset: Dataset, classId: string, found: Class | null): void {
  if (!found) throw new NotFoundError('Class', classId);
  if (found.datasetId !== dataset.id)
    throw new InvalidInputError('classId', `“${found.name}” is a class of another dataset.`);
  if (found.archivedAt)
    throw new InvalidInputError(
      'classId',
      `“${found.name}” is archived. Restore it or choose another.`,
    );
}

function checkMutationId(id: string): void {
  if (!id.trim() || id.length > maxMutationIdLength || hasControlCharacters(id))
    throw new InvalidInputError(
      'clientMutationId',
      `Send a string of 1 to ${maxMutationIdLength} characters that is new for every answer, for example a UUID.`,
    );
}

function checkLeaseToken(token: string | null | undefined): void {
  if (token && (token.length > maxLeaseTokenLength || hasControlCharacters(token)))
    throw new InvalidInputError(
      'leaseToken',
      'This is not a lease token. Send the one of the task, or none.',
    );
}
