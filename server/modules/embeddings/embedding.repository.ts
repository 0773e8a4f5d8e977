import type { DataSource } from 'typeorm';
import { toHalf } from '../../../models/numeric';
import { liveWorkers } from '../../jobs/liveWorkers';
import { deathReason, maxDeaths } from '../../jobs/deathGuard';
import { maxEmbeddingAttempts } from './embedding.ports';

const imageDeathReason = deathReason('this image', 'Remove the image, or upload it again.');

export interface PendingImage {
  imageId: string;
  ordinal: number;
}

/** Stores embeddings, and claims waiting images for a worker. */
export class EmbeddingRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly workerId: string,
  ) {}

  /** Claims the next images for this worker, without those whose worker died. */
  claim(datasetId: string, backboneId: string, count: number): Promise<PendingImage[]> {
    return this.claimWhere('deaths = 0', datasetId, backboneId, count);
  }

  /** Claims one image of a worker that died. Each image of that worker may be the cause. */
  async claimSuspect(datasetId: string, backboneId: string): Promise<PendingImage | undefined> {
    const [suspect] = await this.claimWhere('deaths > 0', datasetId, backboneId, 1);
    return suspect;
  }

  /**
   * Takes the claims of dead workers away. An image whose worker died with it alone counts as one
   * that cannot be embedded.
   */
  async releaseDead(datasetId: string, backboneId: string): Promise<void> {
    await this.dataSource.query(
      `UPDATE embedding_pending SET claimed_by = NULL, deaths = deaths + 1,
         attempts = CASE WHEN deaths + 1 >= ${maxDeaths} THEN ${maxEmbeddingAttempts} ELSE attempts END,
         failure = CASE WHEN deaths + 1 >= ${maxDeaths} THEN $3 ELSE failure END
       WHERE dataset_id = $1 AND backbone_id = $2 AND claimed_by IS NOT NULL
         AND claimed_by NOT IN (${liveWorkers})`,
      [datasetId, backboneId, imageDeathReason],
    );
  }

  /** Gives up every waiting image of the dataset for this backbone. */
  async failAll(datasetId: string, backboneId: string, reason: string): Promise<void> {
    await this.dataSource.query(
      `UPDATE embedding_pending SET attempts = ${maxEmbeddingAttempts}, failure = $3
       WHERE dataset_id = $1 AND backbone_id = $2 AND attempts < ${maxEmbeddingAttempts}`,
      [datasetId, backboneId, reason],
    );
  }

  private async claimWhere(
    condition: string,
    datasetId: string,
    backboneId: string,
    count: number,
  ): Promise<PendingImage[]> {
    const [rows] = await this.dataSource.query<[PendingImage[], number]>(
      `UPDATE embedding_pending SET claimed_by = $3
       WHERE (image_id, backbone_id) IN (
         SELECT image_id, backbone_id FROM embedding_pending
         WHERE dataset_id = $1 AND backbone_id = $2 AND attempts < ${maxEmbeddingAttempts}
           AND claimed_by IS NULL AND ${condition}
         ORDER BY ordinal LIMIT $4 FOR NO KEY UPDATE SKIP LOCKED)
       RETURNING image_id AS "imageId", ordinal`,
      [datasetId, backboneId, this.workerId, count],
    );
    return rows.sort((a, b) => a.ordinal - b.ordinal);
  }

  /**
   * Releases the rest of a failed turn's claims. Call it only while no other turn of this worker
   * runs.
   */
  async giveBack(datasetId: string, backboneId: string): Promise<void> {
    await this.dataSource.query(
      `UPDATE embedding_pending SET claimed_by = NULL
       WHERE dataset_id = $1 AND backbone_id = $2 AND claimed_by = $3`,
      [datasetId, backboneId, this.workerId],
    );
  }

  /** Releases the claims of a worker that embeds nothing now. */
  async unclaim(): Promise<void> {
    await this.dataSource.query(
      `UPDATE embedding_pending SET claimed_by = NULL WHERE claimed_by = $1`,
      [this.workerId],
    );
  }

  /** Stores vectors. An image that was embedded twice keeps the first one. */
  async store(
    datasetId: string,
    backboneId: string,
    embedded: readonly (PendingImage & { vector: Float32Array })[],
  ): Promise<void> {
    const ids = embedded.map(({ imageId }) => imageId);
    const vectors = embedded.map(({ vector }) => {
      const half = toHalf(vector);
      return Buffer.from(half.buffer, half.byteOffset, half.byteLength);
    });
    await this.dataSource.transaction(async (manager) => {
      await manager.query(
        `INSERT INTO embedding (image_id, backbone_id, dataset_id, ordinal, vector)
         SELECT image_id, $1, $2, ordinal, vector
         FROM unnest($3::uuid[], $4::int[], $5::bytea[]) AS given (image_id, ordinal, vector)
         ON CONFLICT DO NOTHING`,
        [backboneId, datasetId, ids, embedded.map(({ ordinal }) => ordinal), vectors],
      );
      await manager.query(
        'DELETE FROM embedding_pending WHERE backbone_id = $1 AND image_id = ANY($2)',
        [backboneId, ids],
      );
    });
    // The backbone works, so images caused its recorded worker deaths.
    await this.dataSource.query(`DELETE FROM worker_death WHERE kind = 'backbone' AND key = $1`, [
      backboneId,
    ]);
  }

  /** Records a failure. The image is retried a few times. */
  async fail(backboneId: string, imageId: string, reason: string): Promise<void> {
    await this.dataSource.query(
      `UPDATE embedding_pending SET claimed_by = NULL, failure = $3, attempts = attempts + 1
       WHERE backbone_id = $1 AND image_id = $2`,
      [backboneId, imageId, reason.slice(0, 500)],
    );
  }

  /** Whether images of another dataset wait for a worker. */
  async othersWait(datasetId: string, backboneIds: readonly string[]): Promise<boolean> {
    const rows: unknown[] = await this.dataSource.query(
      `SELECT 1 FROM embedding_pending WHERE dataset_id <> $1 AND claimed_by IS NULL
         AND attempts < ${maxEmbeddingAttempts} AND backbone_id = ANY($2) LIMIT 1`,
      [datasetId, backboneIds],
    );
    return rows.length > 0;
  }

  /** Lists datasets with images that one of these backbones can still embed. */
  async datasetsWaiting(backboneIds: readonly string[]): Promise<string[]> {
    const rows: { dataset_id: string }[] = await this.dataSource.query(
      `SELECT DISTINCT dataset_id FROM embedding_pending
       WHERE attempts < ${maxEmbeddingAttempts} AND backbone_id = ANY($1)`,
      [backboneIds],
    );
    return rows.map((row) => row.dataset_id);
  }
}
