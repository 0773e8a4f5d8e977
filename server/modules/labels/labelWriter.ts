import type { DataSource, EntityManager } from 'typeorm';
import { Lane } from '../../../shared/enums';
import type { Viewer } from '../../domain/viewer';
import { limits } from '../../../shared/limits';
import { sentTogether } from '../../database/sentTogether';
import { ConflictError, InvalidStateError, LimitExceededError } from '../../domain/errors';
import type { ClassService } from '../datasets/class.service';
import type { Dataset } from '../datasets/dataset.ports';
import type { EventRecorder } from '../events/event.ports';
import type { Image, ImageRows } from '../images/image.ports';
import type { LaneService } from '../tasks/lane.service';
import type { ConsumedLease, LeaseService } from '../tasks/lease.service';
import { consensusOf } from './consensus';
import type { ConsensusHistory } from './consensusHistory';
import { afterEvent, type ConsensusState, type RecordedLabel } from './deriveConsensus';
import { Label } from './label.entity';
import type { SecondOpinionQueue } from './label.ports';
import type { LabelRepository, MutationUse, NewLabel } from './label.repository';

export interface Answer {
  imageId: string;
  classId: string;
  leaseToken: string | null;
  expectedVersion: number | null;
}

/** A recorded answer. */
export interface Recorded {
  label: Label;
  /** The image after the answer. Absent for a repeated call, which changes nothing. */
  image?: Image;
}

export interface LabelWriterParts {
  dataSource: DataSource;
  rows: LabelRepository;
  history: ConsensusHistory;
  images: ImageRows;
  classes: ClassService;
  leases: LeaseService;
  lanes: LaneService;
  secondOpinions: SecondOpinionQueue;
  events: EventRecorder;
}

/**
 * Records answers. Label, label event, consensus, lease and outbox event are committed together or
 * not at all.
 *
 * The consensus is the class of a gold image; otherwise the decision of the person who corrected
 * it; otherwise the majority of the answers, with the newest answer breaking a tie
 * (docs/decisions/0012). If a lease ended and somebody else settled the image meanwhile, the answer
 * is kept as an extra label and does not decide.
 */
export class LabelWriter {
  constructor(private readonly parts: LabelWriterParts) {}

  /** @throws ConflictError, IdempotencyMismatchError, and the error of the first use of the id */
  record(dataset: Dataset, person: Viewer, answer: Answer, use: MutationUse): Promise<Recorded> {
    const { rows, history, images, leases, secondOpinions, lanes } = this.parts;
    return this.parts.dataSource.transaction(async (manager) => {
      const { imageId, classId } = answer;
      // Every call sends its claim before the lock. In different orders, a call and its repeat could
      // deadlock.
      const [first, before] = await sentTogether(
        rows.claim(manager, use),
        images.lock(manager, imageId),
      );
      if (!first.isNew)
        return { label: await manager.findOneByOrFail(Label, { id: first.labelId }) };
      const [lease, state] = await sentTogether(
        leases.consume(manager, imageId, person.id, answer.leaseToken),
        history.stateOf(manager, before),
      );
      const own = state.inForce.find(({ userId }) => userId === person.id);
      refuseTooMany(state, person);
      const extra = isExtra(before, answer, lease, state, own);
      const [label, split] = await sentTogether(
        this.insert(manager, own, {
          id: first.labelId,
          datasetId: dataset.id,
          imageId,
          classId,
          userId: person.id,
          lane: lease.live ? lease.lane : null,
          blind: lease.live && lease.blind,
          extra,
          leaseToken: answer.leaseToken,
          corrects: isCorrection(before, answer, lease),
          mayConfirm: lease.lane === Lane.CONFIRM,
        }),
        extra ? before.split : this.splitOf(manager, dataset, before, classId),
      );
      const after = afterEvent(state, { kind: 'recorded', label });
      const changes = { version: before.version + 1, ...changesOf(after), split };
      await sentTogether(
        images.change(manager, imageId, changes),
        this.announce(manager, 'label.recorded', label, person),
      );
      // Second opinions are locked before lanes, as when a run is published. In different orders, the
      // two could deadlock.
      await secondOpinions.refresh(manager, dataset, imageId);
      await lanes.settle(manager, imageId, label.id);
      const image = Object.assign(before, changes);
      return { label, image };
    });
  }

  /**
   * Undoes a label and restores the one before it.
   *
   * @throws InvalidStateError if the label is not in force any more
   * @throws IdempotencyMismatchError, and the error of the first use of the id
   */
  undo(dataset: Dataset, given: Label, person: Viewer, use: MutationUse): Promise<Label> {
    return this.parts.dataSource.transaction(async (manager) => {
      const { rows, history, images } = this.parts;
      const first = await rows.claim(manager, use);
      const image = await images.lock(manager, given.imageId);
      const label = await manager.findOneByOrFail(Label, { id: given.id });
      if (!first.isNew) return label;
      if (!label.inForce)
        throw new InvalidStateError('This label was already undone or replaced. Reload the image.');
      const state = await history.stateOf(manager, image);
      await manager.update(Label, { id: label.id }, { inForce: false });
      if (label.replaces) await manager.update(Label, { id: label.replaces }, { inForce: true });
      await rows.recordUndo(manager, label);
      const after = afterEvent(state, { kind: 'undone', labelId: label.id });
      const version = image.version + 1;
      await images.change(manager, image.id, { version, ...changesOf(after) });
      await this.parts.secondOpinions.refresh(manager, dataset, image.id);
      await this.parts.lanes.reopen(manager, label.id);
      await this.announce(manager, 'label.undone', label, person);
      return { ...label, inForce: false };
    });
  }

  /**
   * Replaces the person's earlier label of the image, if there is one. A late label does not replace
   * one that counts, and does not come into force beside it.
   */
  private async insert(
    manager: EntityManager,
    own: RecordedLabel | undefined,
    label: Omit<NewLabel, 'replaces' | 'inForce'>,
  ): Promise<Label> {
    const isDormant = own !== undefined && label.extra && !own.extra;
    const replaced = isDormant ? undefined : own;
    if (replaced) await manager.update(Label, { id: replaced.id }, { inForce: false });
    const replaces = replaced?.id ?? null;
    return this.parts.rows.insert(manager, { ...label, replaces, inForce: !isDormant });
  }

  /** Returns the split of an image. Its first label assigns it. */
  private async splitOf(
    manager: EntityManager,
    dataset: Dataset,
    image: Image,
    classId: string,
  ): Promise<Image['split']> {
    if (image.split || image.heldOut) return image.split;
    const [split] = await this.parts.classes.placeInSplit(manager, dataset.splitSeed, classId, 1);
    return split ?? null;
  }

  private announce(
    manager: EntityManager,
    type: 'label.recorded' | 'label.undone',
    label: Label,
    person: Viewer,
  ): Promise<void> {
    return this.parts.events.record(manager, {
      datasetId: label.datasetId,
      type,
      payload: { labelId: label.id, imageId: label.imageId },
      actorId: person.id,
    });
  }
}

/** Whether the person saw the consensus and corrected it. */
function isCorrection(image: Image, answer: Answer, lease: ConsumedLease): boolean {
  if (image.consensusClassId === null) return false;
  if (lease.live) return lease.lane === Lane.REVIEW;
  return answer.leaseToken === null && answer.expectedVersion !== null;
}

/**
 * Whether the answer is kept without deciding, because its lease had ended and somebody else settled
 * the image meanwhile.
 *
 * @param own the label in force that the person gave before
 * @throws ConflictError if the person answered for an earlier state of the image
 */
function isExtra(
  image: Image,
  answer: Answer,
  lease: ConsumedLease,
  state: ConsensusState,
  own: RecordedLabel | undefined,
): boolean {
  // A second opinion is expected to find earlier labels, so it is not a conflict.
  if (lease.live && lease.again) return false;
  const late = answer.leaseToken !== null && !lease.live;
  const stale = answer.expectedVersion !== null && answer.expectedVersion !== image.version;
  if (stale && !late) throw new ConflictError(image.id);
  const knewIt = answer.expectedVersion !== null && !stale;
  // Somebody who answers twice with one lease changes their own answer.
  const isAgain =
    own !== undefined &&
    own.leaseToken === answer.leaseToken &&
    own.id === (state.decidedBy ?? state.inForce.find(({ extra }) => !extra)?.id);
  return late && image.consensusClassId !== null && !knewIt && !isAgain;
}

/** The history of an image is read with every answer, so it has to stay short. */
function refuseTooMany({ labels }: ConsensusState, person: Viewer): void {
  const given = [...labels.values()].filter(({ userId }) => userId === person.id).length;
  const limit = limits.maxAnswersPerImage;
  if (given < limit) return;
  throw new LimitExceededError(
    'answers of one person for one image',
    limit,
    given + 1,
    `You have answered this image ${given} times, which is the limit. Ask somebody else to answer it.`,
  );
}

/** The changes of an image after an event of its labels. */
const changesOf = ({ by, decidedBy }: ConsensusState): Partial<Image> =>
  by === undefined ? { decidedBy } : { ...consensusOf(by), decidedBy };
