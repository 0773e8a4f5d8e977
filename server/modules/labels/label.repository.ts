import { createHash } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { LabelOrigin } from '../../../shared/enums';
import { insertRows } from '../../database/insertRows';
import { IdempotencyMismatchError } from '../../domain/errors';
import { Label } from './label.entity';
import { fromStoredError, type StoredError } from './storedError';

/** A label before it is stored. */
export type NewLabel = Omit<Label, 'origin' | 'createdAt'> & {
  /** Whether the person was shown the prediction, so that the same class confirms it. */
  mayConfirm: boolean;
};

/** A mutation with an id that the client chose. */
export interface MutationUse {
  userId: string;
  clientMutationId: string;
  /** Name and arguments of the mutation. A repeated mutation has the same. */
  content: readonly string[];
  /** The label that it adds or undoes. Default: a new id. */
  labelId?: string;
}

/** Reads and writes labels in the transaction that has locked their image. */
export class LabelRepository {
  /** Forgets mutation ids that no client sends again. */
  static async pruneClaims(dataSource: DataSource): Promise<void> {
    await dataSource.query(
      `DELETE FROM client_mutation WHERE created_at < now() - interval '30 days'`,
    );
  }

  /**
   * The first use of a mutation id wins. A repeat waits for its commit and then reads its result.
   *
   * @param failure the error that the mutation has ended with
   * @throws IdempotencyMismatchError, and the error of the first use
   */
  async claim(
    manager: EntityManager,
    { userId, clientMutationId, content, labelId = uuid() }: MutationUse,
    failure?: StoredError,
  ): Promise<{ isNew: boolean; labelId: string }> {
    const hash = hashOf(content, failure !== undefined);
    const inserted: unknown[] = await manager.query(
      `INSERT INTO client_mutation (user_id, client_mutation_id, request_hash, label_id, error)
       VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING 1`,
      [userId, clientMutationId, hash, labelId, failure ? JSON.stringify(failure) : null],
    );
    if (inserted.length > 0) return { isNew: true, labelId };
    const rows: { hash: Buffer; labelId: string; error: StoredError | null }[] =
      await manager.query(
        `SELECT request_hash AS hash, label_id AS "labelId", error FROM client_mutation
         WHERE user_id = $1 AND client_mutation_id = $2`,
        [userId, clientMutationId],
      );
    const first = rows[0];
    if (!first?.hash.equals(hashOf(content, first.error !== null)))
      throw new IdempotencyMismatchError(clientMutationId);
    if (first.error) throw fromStoredError(first.error);
    return { isNew: false, labelId: first.labelId };
  }

  /** Stores a label, and records in its history what the model predicted at this moment. */
  async insert(manager: EntityManager, label: NewLabel): Promise<Label> {
    const { mayConfirm, ...values } = label;
    const [stored] = await manager.query<Pick<Label, 'origin' | 'createdAt'>[]>(
      `WITH predicted AS (
         SELECT prediction.run_id, prediction.class_id, prediction.confidence FROM dataset
         JOIN prediction ON prediction.run_id = dataset.current_run_id AND prediction.image_id = $3
         WHERE dataset.id = $2),
       stored AS (
         INSERT INTO label
           (id, dataset_id, image_id, class_id, user_id, lane, blind, extra, corrects, replaces,
            lease_token, in_force, origin)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
           CASE WHEN $13::boolean AND $4 = (SELECT class_id FROM predicted) THEN $14 ELSE $15 END)
         RETURNING *),
       recorded AS (
         INSERT INTO label_event (dataset_id, image_id, label_id, class_id, user_id, kind, origin,
           predicted_class_id, confidence, run_id)
         SELECT stored.dataset_id, stored.image_id, stored.id, stored.class_id, stored.user_id,
           'recorded', stored.origin, predicted.class_id, predicted.confidence, predicted.run_id
         FROM stored LEFT JOIN predicted ON true)
       SELECT origin, created_at AS "createdAt" FROM stored`,
      [
        ...[label.id, label.datasetId, label.imageId, label.classId, label.userId],
        ...[label.lane, label.blind, label.extra, label.corrects, label.replaces],
        ...[label.leaseToken, label.inForce],
        ...[mayConfirm, LabelOrigin.CONFIRMED, LabelOrigin.HAND],
      ],
    );
    return manager.create(Label, { ...values, ...stored });
  }

  /** Stores labels that came with files, and records them in the history. */
  async insertImported(
    manager: EntityManager,
    labels: readonly Pick<Label, 'datasetId' | 'imageId' | 'classId' | 'userId'>[],
  ): Promise<void> {
    const origin = LabelOrigin.IMPORTED;
    const rows = labels.map((label) =>
      manager.create(Label, { ...label, id: uuid(), origin, extra: false }),
    );
    await insertRows(manager, Label, rows);
    await manager.query(
      `INSERT INTO label_event (dataset_id, image_id, label_id, class_id, user_id, kind, origin)
       SELECT dataset_id, image_id, id, class_id, user_id, 'recorded', origin FROM label WHERE id = ANY($1)`,
      [rows.map(({ id }) => id)],
    );
  }

  /** Records in the history of a label that it was undone. */
  async recordUndo(manager: EntityManager, label: Label): Promise<void> {
    await manager.query(
      `INSERT INTO label_event (dataset_id, image_id, label_id, class_id, user_id, kind, origin)
       VALUES ($1, $2, $3, $4, $5, 'undone', $6)`,
      [label.datasetId, label.imageId, label.id, label.classId, label.userId, label.origin],
    );
  }
}

/**
 * Versions before stored errors read every claim as a success. A failed one has another hash, so that
 * they refuse its repeat.
 */
const hashOf = (content: readonly string[], isFailure: boolean): Buffer =>
  createHash('sha256')
    .update(JSON.stringify(isFailure ? [...content, 'failed'] : content))
    .digest();
