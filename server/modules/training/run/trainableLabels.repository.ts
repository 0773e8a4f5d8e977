import type { DataSource, EntityManager } from 'typeorm';
import { maxEmbeddingAttempts } from '../../embeddings/embedding.ports';

/** The embedding was stored too late for the dataset's last run. Never true before the first run. */
const isNewEmbedding =
  'embedding.tx >= pg_snapshot_xmin(snapshot_seen) AND NOT pg_visible_in_snapshot(embedding.tx, snapshot_seen)';

/** Counts the labels that a run can learn from. */
export class TrainableLabelRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Labels of each dataset that the last run did not see and the next one can learn from. */
  async countSinceLastRun(
    datasetIds: readonly string[],
    manager: EntityManager = this.dataSource.manager,
  ): Promise<Map<string, number>> {
    const rows: { id: string; count: number }[] = await manager.query(
      `SELECT dataset.id, (SELECT count(*)::int FROM label_event event
         WHERE event.dataset_id = dataset.id AND event.id > snapshot_event_id AND event.kind = 'recorded'
           -- a run cannot learn from an image that waits for its embedding
           AND NOT EXISTS (SELECT 1 FROM embedding_pending pending WHERE pending.image_id = event.image_id
             AND pending.backbone_id = dataset.backbone_id AND pending.attempts < ${maxEmbeddingAttempts}))
       -- an older label counts if its image was embedded after the last run had read the labels
       + (SELECT count(*)::int FROM embedding JOIN image ON image.id = embedding.image_id
         WHERE embedding.dataset_id = dataset.id AND embedding.backbone_id = dataset.backbone_id
           AND ${isNewEmbedding} AND consensus_class_id IS NOT NULL AND NOT held_out
           AND NOT EXISTS (SELECT 1 FROM label_event later
             WHERE later.image_id = image.id AND later.id > snapshot_event_id)) AS count
       FROM dataset WHERE id = ANY($1)`,
      [datasetIds],
    );
    return new Map(rows.map((row) => [row.id, row.count]));
  }

  /**
   * Whether images of at least two classes have labels.
   *
   * @param backboneId counts only images that this backbone has embedded
   */
  async hasTwoClasses(datasetId: string, backboneId: string | null = null): Promise<boolean> {
    const rows: { count: number }[] = await this.dataSource.query(
      `SELECT count(*)::int FROM class WHERE dataset_id = $1 AND archived_at IS NULL AND EXISTS
         (SELECT 1 FROM image WHERE image.dataset_id = $1 AND consensus_class_id = class.id AND NOT held_out
           AND ($2::text IS NULL OR EXISTS
             (SELECT 1 FROM embedding WHERE image_id = image.id AND backbone_id = $2)))`,
      [datasetId, backboneId],
    );
    return (rows[0]?.count ?? 0) >= 2;
  }

  /** Datasets with automatic runs that have anything new since their last run. */
  async findDatasetsWithNews(): Promise<string[]> {
    const rows: { id: string }[] = await this.dataSource.query(
      `SELECT id FROM dataset WHERE auto_retrain_after > 0 AND backbone_id IS NOT NULL AND (EXISTS
         (SELECT 1 FROM label_event WHERE dataset_id = dataset.id AND id > snapshot_event_id) OR EXISTS
         (SELECT 1 FROM embedding WHERE dataset_id = dataset.id AND backbone_id = dataset.backbone_id
           AND ${isNewEmbedding}))`,
    );
    return rows.map(({ id }) => id);
  }
}
