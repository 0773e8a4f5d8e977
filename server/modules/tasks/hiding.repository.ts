import type { DataSource } from 'typeorm';

/** A live lease of a lane in which people answer independently. */
export interface HidingLease {
  userId: string;
  imageId: string;
  datasetId: string;
  blind: boolean;
  again: boolean;
}

/** Reads which leases hide something from their holder. */
export class HidingRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** The index `lease_hides` holds only these lanes. */
  live(userIds: readonly string[]): Promise<HidingLease[]> {
    return this.dataSource.query(
      `SELECT user_id AS "userId", image_id AS "imageId", dataset_id AS "datasetId", blind, again
       FROM lease WHERE user_id = ANY($1::uuid[]) AND lane IN ('HARD', 'AUDIT')
         AND expires_at > clock_timestamp()`,
      [userIds],
    );
  }
}
