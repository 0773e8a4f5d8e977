import type { DataSource, EntityManager } from 'typeorm';
import { toPage, type Page, type PageRequest } from '../../domain/page';
import type { Dataset } from '../datasets/dataset.ports';
import { isOpen } from './openImage';
import type { QueueReason } from '../../../shared/enums';
import type { EventRecorder } from '../events/event.ports';
import { User } from '../auth/user.entity';
import { In } from 'typeorm';

export interface QueueEntry {
  imageId: string;
  position: number;
  reason: QueueReason;
}

/** An image at its place in an order that is being written, and why it stands there. */
export type StagedEntry = Pick<QueueEntry, 'imageId' | 'reason'>;

const rowsPerInsert = 20_000;

/** The order in which images are asked about. A new order is written aside and put in place at once. */
export class QueueService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly events: EventRecorder,
  ) {}

  /** What would be asked next: unlabelled images, best first; leased ones stay in it. */
  async page(dataset: Dataset, request: PageRequest): Promise<Page<QueueEntry>> {
    const after = request.after ? Number(request.after[0]) : -1;
    const rows: QueueEntry[] = await this.dataSource.query(
      dataset.currentOrderingId ? orderedSql : shuffledSql,
      [dataset.currentOrderingId ?? dataset.id, after, request.first + 1],
    );
    return toPage(rows, request.first, (row) => [row.position]);
  }

  /** Writes an order that nobody sees yet. @returns its id */
  async stage(
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

  /** Puts a staged order in place, within the caller's transaction. */
  async activate(
    manager: EntityManager,
    datasetId: string,
    orderingId: string,
    count: number,
  ): Promise<void> {
    await manager.query('UPDATE dataset SET current_ordering_id = $2 WHERE id = $1', [
      datasetId,
      orderingId,
    ]);
    await this.events.record(manager, { datasetId, type: 'queue.ordered', payload: { count } });
  }

  /** Drops orders that are no longer, or never were, in place. */
  async pruneSuperseded(datasetId: string): Promise<void> {
    await this.dataSource.query(
      `DELETE FROM ordering USING dataset WHERE dataset.id = $1 AND ordering.dataset_id = $1
         AND ordering.id < dataset.current_ordering_id`,
      [datasetId],
    );
  }

  /**
   * Why live tasks of the lane HARD are asked, by lease token; nothing of blind ones, since it tells what the model
   * thinks. What others answered already stands in no queue: it borrows the reason of something that does, or gold
   * could be told from the rest.
   */
  readonly reasonsOf = async (tokens: readonly string[]): Promise<Map<string, QueueReason>> => {
    const rows: { token: string; reason: QueueReason }[] = await this.dataSource.query(reasonSql, [
      tokens,
    ]);
    return new Map(rows.map(({ token, reason }) => [token, reason]));
  };

  readonly leasedBy = async (imageIds: readonly string[]): Promise<Map<string, User[]>> => {
    const rows: { image_id: string; user_id: string }[] = await this.dataSource.query(
      'SELECT image_id, user_id FROM lease WHERE image_id = ANY($1) AND expires_at > clock_timestamp()',
      [imageIds],
    );
    const users = await this.dataSource.manager.findBy(User, {
      id: In(rows.map((row) => row.user_id)),
    });
    return new Map(
      imageIds.map((id) => {
        const holders = new Set(
          rows.filter((row) => row.image_id === id).map((row) => row.user_id),
        );
        return [id, users.filter((user) => holders.has(user.id))];
      }),
    );
  };
}

const orderedSql = `
  SELECT image.id AS "imageId", queue_entry.position, queue_entry.reason FROM queue_entry
  JOIN image ON image.id = queue_entry.image_id
  WHERE ordering_id = $1 AND position > $2 AND ${isOpen} ORDER BY position LIMIT $3`;
/** What the order does not hold is asked in the dataset's random order. */
const reasonSql = `
  SELECT lease.token::text, coalesce(own.reason, borrowed.reason, 'RANDOM') AS reason FROM lease
  JOIN dataset ON dataset.id = lease.dataset_id
  LEFT JOIN queue_entry own ON NOT lease.again
    AND own.ordering_id = dataset.current_ordering_id AND own.image_id = lease.image_id
  LEFT JOIN LATERAL (
    SELECT reason FROM queue_entry WHERE lease.again AND ordering_id = dataset.current_ordering_id
      AND position <= ('x' || substr(md5(lease.image_id::text), 1, 7))::bit(28)::int % 32
    ORDER BY position DESC LIMIT 1
  ) borrowed ON true
  WHERE lease.token = ANY($1::uuid[]) AND lease.lane = 'HARD' AND NOT lease.blind`;
const shuffledSql = `
  SELECT id AS "imageId", shuffle AS position, 'RANDOM' AS reason FROM image
  WHERE dataset_id = $1 AND shuffle > $2 AND ${isOpen} ORDER BY shuffle LIMIT $3`;
