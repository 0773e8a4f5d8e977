import type { DataSource } from 'typeorm';
import type { Suspicion } from './suspectReader';

/** Reads why images wait in the lane review. */
export class ReviewRepository {
  constructor(private readonly dataSource: DataSource) {}

  async ofImages(imageIds: readonly string[]): Promise<Map<string, Suspicion>> {
    const rows: { image_id: string; reason: Suspicion }[] = await this.dataSource.query(
      `SELECT image_id, reason FROM lane_entry
       WHERE image_id = ANY($1::uuid[]) AND lane = 'REVIEW' AND answered_at IS NULL AND reason ? 'kind'`,
      [imageIds],
    );
    return new Map(rows.map(({ image_id: id, reason }) => [id, reason]));
  }
}
