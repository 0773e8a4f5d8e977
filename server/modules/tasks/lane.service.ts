import type { DataSource, EntityManager } from 'typeorm';
import { Lane } from '../../../shared/enums';
import type { EventRecorder } from '../events/event.ports';

/** The lanes that images are put into for a reason; the others follow from the model. */
export type EntryLane = Lane.AUDIT | Lane.REVIEW;
const entryLanes: readonly EntryLane[] = [Lane.REVIEW, Lane.AUDIT];

export interface LaneEntry {
  imageId: string;
  /** Why it stands there, for whoever shows it. */
  reason: Record<string, unknown>;
}

const rowsPerInsert = 20_000;

/** Who stands in the lanes audit and review. Leasing and answering treat them like every other task. */
export class LaneService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly events: EventRecorder,
  ) {}

  /** Images wait at the lane's end, in this order; one that waits already keeps its place. */
  async put(
    manager: EntityManager,
    datasetId: string,
    lane: EntryLane,
    entries: readonly LaneEntry[],
  ): Promise<void> {
    for (let start = 0; start < entries.length; start += rowsPerInsert) {
      const part = entries.slice(start, start + rowsPerInsert);
      await manager.query(
        `INSERT INTO lane_entry (dataset_id, lane, image_id, position, reason)
         SELECT $1, $2, image_id, place + coalesce((SELECT max(position) FROM lane_entry
           WHERE dataset_id = $1 AND lane = $2), 0), reason::jsonb
         FROM unnest($3::uuid[], $4::text[]) WITH ORDINALITY AS entry (image_id, reason, place)
         ON CONFLICT (image_id, lane) DO UPDATE
           SET position = excluded.position, reason = excluded.reason, label_id = NULL, answered_at = NULL
           WHERE lane_entry.answered_at IS NOT NULL`,
        [
          datasetId,
          lane,
          part.map(({ imageId }) => imageId),
          part.map(({ reason }) => JSON.stringify(reason)),
        ],
      );
    }
    if (entries.length > 0) await this.announce(manager, datasetId, lane);
  }

  /** Takes images out of the lane that wait there; those answered stay on record. */
  async withdraw(
    manager: EntityManager,
    datasetId: string,
    lane: EntryLane,
    imageIds: readonly string[],
  ): Promise<void> {
    const [rows] = await manager.query<[unknown[], number]>(
      `DELETE FROM lane_entry WHERE dataset_id = $1 AND lane = $2 AND image_id = ANY($3::uuid[])
         AND answered_at IS NULL RETURNING 1`,
      [datasetId, lane, imageIds],
    );
    if (rows.length > 0) await this.announce(manager, datasetId, lane);
  }

  /** Within the transaction of an answer: whatever the image waited for, this is it. */
  async settle(manager: EntityManager, imageId: string, labelId: string): Promise<void> {
    await manager.query(
      `UPDATE lane_entry SET answered_at = clock_timestamp(), label_id = $2
       WHERE image_id = $1 AND answered_at IS NULL`,
      [imageId, labelId],
    );
  }

  /** An answer was taken back: the image waits again. */
  async reopen(manager: EntityManager, labelId: string): Promise<void> {
    await manager.query(
      'UPDATE lane_entry SET answered_at = NULL, label_id = NULL WHERE label_id = $1',
      [labelId],
    );
  }

  /** How many wait in each lane, by dataset. */
  readonly counts = async (
    datasetIds: readonly string[],
  ): Promise<Map<string, { lane: EntryLane; waiting: number }[]>> => {
    const rows: { dataset_id: string; lane: EntryLane; waiting: number }[] =
      await this.dataSource.query(
        `SELECT dataset_id, lane, count(*)::int AS waiting FROM lane_entry
         WHERE dataset_id = ANY($1::uuid[]) AND answered_at IS NULL GROUP BY 1, 2`,
        [datasetIds],
      );
    const waitingIn = (id: string, lane: EntryLane) =>
      rows.find((row) => row.dataset_id === id && row.lane === lane)?.waiting ?? 0;
    return new Map(
      datasetIds.map((id) => [
        id,
        entryLanes.map((lane) => ({ lane, waiting: waitingIn(id, lane) })),
      ]),
    );
  };

  private announce(manager: EntityManager, datasetId: string, lane: EntryLane): Promise<void> {
    return this.events.record(manager, { datasetId, type: 'lane.changed', payload: { lane } });
  }
}
