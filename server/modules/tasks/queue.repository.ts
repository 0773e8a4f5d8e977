import type { DataSource } from 'typeorm';
import type { QueueReason } from '../../../shared/enums';
import type { Dataset } from '../datasets/dataset.ports';
import { isOpen } from './openImage';

export interface QueueEntry {
  imageId: string;
  position: number;
  reason: QueueReason;
}

/** An image at its place in an order that is being written, and why it has this place. */
export type StagedEntry = Pick<QueueEntry, 'imageId' | 'reason'>;

const rowsPerInsert = 20_000;

const orderedSql = `
  SELECT image.id AS "imageId", queue_entry.position, queue_entry.reason FROM queue_entry
  JOIN image ON image.id = queue_entry.image_id
  WHERE ordering_id = $1 AND position > $2 AND ${isOpen}
    AND image.id <> ALL($4::uuid[]) ORDER BY position LIMIT $3`;

/** Without an ordering, images come in the dataset's random order. */
const shuffledSql = `
  SELECT id AS "imageId", shuffle AS position, 'RANDOM' AS reason FROM image
  WHERE dataset_id = $1 AND shuffle > $2 AND ${isOpen}
    AND id <> ALL($4::uuid[]) ORDER BY shuffle LIMIT $3`;

/**
 * The entry of the task's image in the queue, if there is one. A further answer takes the reason of another entry,
 * which its image id selects.
 */
const reasonSql = `
  SELECT lease.token::text, coalesce(own.reason, other.reason, 'RANDOM') AS reason FROM lease
  JOIN dataset ON dataset.id = lease.dataset_id
  LEFT JOIN queue_entry own ON NOT lease.again
    AND own.ordering_id = dataset.current_ordering_id AND own.image_id = lease.image_id
  LEFT JOIN LATERAL (
    SELECT reason FROM queue_entry WHERE lease.again AND ordering_id = dataset.current_ordering_id
      AND position <= ('x' || substr(md5(lease.image_id::text), 1, 7))::bit(28)::int % 32
    ORDER BY position DESC LIMIT 1
  ) other ON true
  WHERE lease.token = ANY($1::uuid[]) AND lease.lane = 'HARD' AND NOT lease.blind`;

/** Reads and writes the orders of the queue. */
export class QueueRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Entries behind a position, in order. */
  findEntries(
    { id, currentOrderingId }: Pick<Dataset, 'id' | 'currentOrderingId'>,
    after: number,
    count: number,
    without: readonly string[],
  ): Promise<QueueEntry[]> {
    const sql = currentOrderingId ? orderedSql : shuffledSql;
    return this.dataSource.query(sql, [currentOrderingId ?? id, after, count, without]);
  }

  /** @returns the id of the new order, which nobody sees yet */
  async insertOrdering(
    datasetId: string,
    runId: string | null,
    entries: readonly StagedEntry[],
  ): Promise<string> {
    const rows: { id: string }[] = await this.dataSource.query(
      'INSERT INTO ordering (dataset_id, run_id) VALUES ($1, $2) RETURNING id',
      [datasetId, runId],
    );
    const id = rows[0]?.id ?? '';
    for (let start = 0; start < entries.length; start += rowsPerInsert) {
      const part = entries.slice(start, start + rowsPerInsert);
      await this.dataSource.query(
        `INSERT INTO queue_entry (ordering_id, position, image_id, reason)
         SELECT $1, $2 + place - 1, image_id, reason
         FROM unnest($3::uuid[], $4::text[]) WITH ORDINALITY AS entry (image_id, reason, place)`,
        [id, start, part.map(({ imageId }) => imageId), part.map(({ reason }) => reason)],
      );
    }
    return id;
  }

  /** Whether the dataset's order is recent and some of its images still wait for an embedding. */
  async isOrderingRecent(
    { id, backboneId, currentOrderingId }: Dataset,
    seconds: number,
  ): Promise<boolean> {
    const rows: unknown[] = await this.dataSource.query(
      `SELECT 1 FROM ordering WHERE id = $1 AND created_at > now() - make_interval(secs => $2)
         AND EXISTS (SELECT 1 FROM embedding_pending WHERE dataset_id = $3 AND backbone_id = $4
           AND failure IS NULL)`,
      [currentOrderingId, seconds, id, backboneId],
    );
    return rows.length > 0;
  }

  /** Deletes the orders from before the current one. */
  async deleteSuperseded(datasetId: string): Promise<void> {
    await this.dataSource.query(
      `DELETE FROM ordering USING dataset WHERE dataset.id = $1 AND ordering.dataset_id = $1
         AND ordering.id < dataset.current_ordering_id`,
      [datasetId],
    );
  }

  /** Why live tasks of the lane HARD are asked, by lease token. Blind tasks are left out. */
  async reasons(tokens: readonly string[]): Promise<Map<string, QueueReason>> {
    const rows: { token: string; reason: QueueReason }[] = await this.dataSource.query(reasonSql, [
      tokens,
    ]);
    return new Map(rows.map(({ token, reason }) => [token, reason]));
  }

  /** Who holds a live lease on each image. */
  findHolders(imageIds: readonly string[]): Promise<{ imageId: string; userId: string }[]> {
    return this.dataSource.query(
      `SELECT image_id AS "imageId", user_id AS "userId" FROM lease
       WHERE image_id = ANY($1) AND expires_at > clock_timestamp()`,
      [imageIds],
    );
  }
}
