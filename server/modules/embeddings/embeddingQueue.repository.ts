import type { EntityManager } from 'typeorm';
import { maxEmbeddingAttempts, type EmbeddingQueue } from './embedding.ports';

/** Adds rows to the table `embedding_pending` and removes them. Workers claim them through EmbeddingRepository. */
export class EmbeddingQueueRepository implements EmbeddingQueue {
  async isEmbedded(
    manager: EntityManager,
    datasetId: string,
    backboneId: string,
  ): Promise<boolean> {
    const waiting: unknown[] = await manager.query(
      `SELECT 1 FROM embedding_pending
       WHERE dataset_id = $1 AND backbone_id = $2 AND attempts < ${maxEmbeddingAttempts} LIMIT 1`,
      [datasetId, backboneId],
    );
    return waiting.length === 0;
  }

  async addImages(
    manager: EntityManager,
    imageIds: readonly string[],
    backboneIds: readonly string[],
  ): Promise<void> {
    await manager.query(
      `INSERT INTO embedding_pending (image_id, backbone_id, dataset_id, ordinal)
       SELECT image.id, backbone.id, dataset_id, ordinal
       FROM image, unnest($1::text[]) AS backbone (id) WHERE image.id = ANY($2)`,
      [backboneIds, imageIds],
    );
  }

  async addDataset(manager: EntityManager, datasetId: string, backboneId: string): Promise<void> {
    await manager.query(
      `INSERT INTO embedding_pending (image_id, backbone_id, dataset_id, ordinal)
       SELECT id, $2, dataset_id, ordinal FROM image WHERE dataset_id = $1 AND NOT EXISTS
         (SELECT 1 FROM embedding WHERE image_id = image.id AND backbone_id = $2)
       ON CONFLICT (image_id, backbone_id) DO UPDATE SET attempts = 0, failure = NULL`,
      [datasetId, backboneId],
    );
  }

  /** Queues the images of all datasets that have no backbone. */
  async addDatasetsWithoutBackbone(manager: EntityManager, backboneId: string): Promise<void> {
    await manager.query(
      `INSERT INTO embedding_pending (image_id, backbone_id, dataset_id, ordinal)
       SELECT image.id, $1, dataset_id, ordinal FROM image JOIN dataset ON dataset.id = dataset_id
       WHERE dataset.backbone_id IS NULL ON CONFLICT DO NOTHING`,
      [backboneId],
    );
  }

  /** Embeddings that exist already stay. They are used if the dataset returns to this backbone. */
  async removeDataset(
    manager: EntityManager,
    datasetId: string,
    backboneId: string | null,
  ): Promise<void> {
    await manager.query(
      'DELETE FROM embedding_pending WHERE dataset_id = $1 AND backbone_id = $2',
      [datasetId, backboneId],
    );
  }
}
