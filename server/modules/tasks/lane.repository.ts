import type { DataSource, EntityManager } from 'typeorm';
import type { Lane } from '../../../shared/enums';

/** The lanes that hold chosen images. The other lanes follow from the model. */
export type EntryLane = Lane.AUDIT | Lane.REVIEW;

export interface LaneEntry {
  imageId: string;
  /** Why the image is in the lane. Pages show it. */
  reason: Record<string, unknown>;
}

/** Reads and writes the table `lane_entry`. */
export class LaneRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Adds images at the end of a lane, in this order. An image that waits already keeps its place. */
  async add(
    manager: EntityManager,
    datasetId: string,
    lane: EntryLane,
    entries: readonly LaneEntry[],
  ): Promise<void> {
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
        entries.map(({ imageId }) => imageId),
        entries.map(({ reason }) => JSON.stringify(reason)),
      ],
    );
  }

  /** @returns how many images waited and were removed */
  async remove(
    manager: EntityManager,
    datasetId: string,
    lane: EntryLane,
    imageIds: readonly string[],
  ): Promise<number> {
    const [rows] = await manager.query<[unknown[], number]>(
      `DELETE FROM lane_entry WHERE dataset_id = $1 AND lane = $2 AND image_id = ANY($3::uuid[])
         AND answered_at IS NULL RETURNING 1`,
      [datasetId, lane, imageIds],
    );
    return rows.length;
  }

  async markAnswered(manager: EntityManager, imageId: string, labelId: string): Promise<void> {
    await manager.query(
      `UPDATE lane_entry SET answered_at = clock_timestamp(), label_id = $2
       WHERE image_id = $1 AND answered_at IS NULL`,
      [imageId, labelId],
    );
  }

  async markUnanswered(manager: EntityManager, labelId: string): Promise<void> {
    await manager.query(
      'UPDATE lane_entry SET answered_at = NULL, label_id = NULL WHERE label_id = $1',
      [labelId],
    );
  }

  /** Lanes without a waiting image are missing. */
  waiting(
    datasetIds: readonly string[],
  ): Promise<{ datasetId: string; lane: EntryLane; waiting: number }[]> {
    return this.dataSource.query(
      `SELECT dataset_id AS "datasetId", lane, count(*)::int AS waiting FROM lane_entry
       WHERE dataset_id = ANY($1::uuid[]) AND answered_at IS NULL GROUP BY 1, 2`,
      [datasetIds],
    );
  }
}
