import { createHash } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { Lane, LabelOrigin } from '../../../shared/enums';
import type { Viewer } from '../../domain/viewer';
import { ConflictError, IdempotencyMismatchError } from '../../domain/errors';
import type { ClassService } from '../datasets/class.service';
import type { Dataset } from '../datasets/dataset.ports';
import type { EventRecorder } from '../events/event.ports';
import type { Image, ImageRows } from '../images/image.ports';
import type { LaneService } from '../tasks/lane.service';
import type { ConsumedLease, LeaseService } from '../tasks/lease.service';
import { agreedOn, settledByLabels } from './consensus';
import { Label } from './label.entity';
import type { SecondOpinionQueue } from './label.ports';

export interface Answer {
  imageId: string;
  classId: string;
  clientMutationId: string;
  leaseToken: string | null;
  expectedVersion: number | null;
}

/** A recorded answer. */
export interface Recorded {
  label: Label;
  /** False for a repeated call, which changes nothing. */
  isNew: boolean;
}

/** The model's prediction for an image at the moment of an answer. */
interface ModelView {
  run_id: string;
  class_id: string;
  confidence: number;
}

export interface LabelWriterParts {
  dataSource: DataSource;
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

  /** @throws ConflictError, IdempotencyMismatchError */
  record(dataset: Dataset, person: Viewer, answer: Answer): Promise<Recorded> {
    return this.parts.dataSource.transaction(async (manager) => {
      const first = await claimMutation(manager, person.id, answer.clientMutationId, [
        'record',
        answer.imageId,
        answer.classId,
      ]);
      if (!first.isNew)
        return {
          label: await manager.findOneByOrFail(Label, { id: first.labelId }),
          isNew: false,
        };
      const image = await this.parts.images.lock(manager, answer.imageId);
      const lease = await this.parts.leases.consume(
        manager,
        image.id,
        person.id,
        answer.leaseToken,
      );
      const extra = isExtra(image, answer, lease);
      const { labelId: id } = first;
      const label = await insertLabel(manager, {
        id,
        dataset,
        person,
        image,
        answer,
        lease,
        extra,
      });
      await this.settle(manager, dataset, image, label, isCorrection(image, answer, lease));
      await this.parts.secondOpinions.refresh(manager, dataset, image.id);
      await this.parts.lanes.settle(manager, image.id, label.id);
      await this.announce(manager, 'label.recorded', label, person);
      return { label, isNew: true };
    });
  }

  /** Undoes a label and restores the one before it. Undefined if it is not in force any more. */
  undo(
    dataset: Dataset,
    given: Label,
    person: Viewer,
    clientMutationId: string,
  ): Promise<Label | undefined> {
    return this.parts.dataSource.transaction(async (manager) => {
      const first = await claimMutation(
        manager,
        person.id,
        clientMutationId,
        ['undo', given.id],
        given.id,
      );
      const image = await this.parts.images.lock(manager, given.imageId);
      const label = await manager.findOneByOrFail(Label, { id: given.id });
      if (!first.isNew) return label;
      if (!label.inForce) return undefined;
      await manager.update(Label, { id: label.id }, { inForce: false });
      if (label.replaces) await manager.update(Label, { id: label.replaces }, { inForce: true });
      await insertEvent(manager, label, 'undone');
      await this.settleFromLabels(manager, image, label.id);
      await this.parts.secondOpinions.refresh(manager, dataset, image.id);
      await this.parts.lanes.reopen(manager, label.id);
      await this.announce(manager, 'label.undone', label, person);
      return { ...label, inForce: false };
    });
  }

  private async settle(
    manager: EntityManager,
    dataset: Dataset,
    image: Image,
    label: Label,
    corrects: boolean,
  ): Promise<void> {
    const { images, classes } = this.parts;
    const changes: Partial<Image> = { version: image.version + 1 };
    if (!label.extra) {
      Object.assign(changes, await agreedOn(manager, image, label, corrects));
      if (!image.split && !image.heldOut)
        [changes.split] = await classes.placeInSplit(manager, dataset.splitSeed, label.classId, 1);
    }
    await images.change(manager, image.id, changes);
  }

  private async settleFromLabels(
    manager: EntityManager,
    image: Image,
    undoneId: string,
  ): Promise<void> {
    const decidedBy = image.decidedBy === undoneId ? null : image.decidedBy;
    const isSettled = decidedBy !== null || image.isGold;
    const agreed = isSettled ? {} : await settledByLabels(manager, image.id);
    const changes = { version: image.version + 1, decidedBy, ...agreed };
    await this.parts.images.change(manager, image.id, changes);
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

/** @throws ConflictError if the person answered for an earlier state of the image */
function isExtra(image: Image, answer: Answer, lease: ConsumedLease): boolean {
  // A second opinion is expected to find earlier labels, so it is not a conflict.
  if (lease.live && lease.again) return false;
  const late = answer.leaseToken !== null && !lease.live;
  const stale = answer.expectedVersion !== null && answer.expectedVersion !== image.version;
  if (stale && !late) throw new ConflictError(image.id);
  const knewIt = answer.expectedVersion !== null && !stale;
  return late && image.consensusClassId !== null && !knewIt;
}

/** The first use of an id wins. A repeat waits for its commit and then reads its result. */
async function claimMutation(
  manager: EntityManager,
  userId: string,
  clientMutationId: string,
  content: readonly string[],
  labelId: string = uuid(),
): Promise<{ isNew: boolean; labelId: string }> {
  const hash = createHash('sha256').update(JSON.stringify(content)).digest();
  const inserted: unknown[] = await manager.query(
    `INSERT INTO client_mutation (user_id, client_mutation_id, request_hash, label_id)
     VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING 1`,
    [userId, clientMutationId, hash, labelId],
  );
  if (inserted.length > 0) return { isNew: true, labelId };
  const rows: { request_hash: Buffer; label_id: string }[] = await manager.query(
    'SELECT request_hash, label_id FROM client_mutation WHERE user_id = $1 AND client_mutation_id = $2',
    [userId, clientMutationId],
  );
  const first = rows[0];
  if (!first || !first.request_hash.equals(hash))
    throw new IdempotencyMismatchError(clientMutationId);
  return { isNew: false, labelId: first.label_id };
}

interface NewLabel {
  id: string;
  dataset: Dataset;
  person: Viewer;
  image: Image;
  answer: Answer;
  lease: ConsumedLease;
  extra: boolean;
}

/** Replaces the person's earlier label of the image, if there is one. */
async function insertLabel(
  manager: EntityManager,
  { id, dataset, person, image, answer, lease, extra }: NewLabel,
): Promise<Label> {
  const model = await modelView(manager, dataset, image.id);
  const previous = await manager.findOneBy(Label, {
    imageId: image.id,
    userId: person.id,
    inForce: true,
  });
  if (previous) await manager.update(Label, { id: previous.id }, { inForce: false });
  const confirmed = lease.lane === Lane.CONFIRM && model?.class_id === answer.classId;
  const label = manager.create(Label, {
    id,
    datasetId: dataset.id,
    imageId: image.id,
    classId: answer.classId,
    userId: person.id,
    origin: confirmed ? LabelOrigin.CONFIRMED : LabelOrigin.HAND,
    lane: lease.live ? lease.lane : null,
    blind: lease.live && lease.blind,
    extra,
    replaces: previous?.id ?? null,
  });
  await manager.insert(Label, label);
  await insertEvent(manager, label, 'recorded', model);
  return label;
}

async function modelView(
  manager: EntityManager,
  dataset: Dataset,
  imageId: string,
): Promise<ModelView | undefined> {
  const rows: ModelView[] = await manager.query(
    `SELECT p.run_id, p.class_id, p.confidence FROM dataset d
     JOIN prediction p ON p.run_id = d.current_run_id AND p.image_id = $2 WHERE d.id = $1`,
    [dataset.id, imageId],
  );
  return rows[0];
}

async function insertEvent(
  manager: EntityManager,
  label: Label,
  kind: 'recorded' | 'undone',
  model?: ModelView,
): Promise<void> {
  await manager.query(
    `INSERT INTO label_event (dataset_id, image_id, label_id, class_id, user_id, kind, origin,
       predicted_class_id, confidence, run_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      label.datasetId,
      label.imageId,
      label.id,
      label.classId,
      label.userId,
      kind,
      label.origin,
      model?.class_id ?? null,
      model?.confidence ?? null,
      model?.run_id ?? null,
    ],
  );
}
