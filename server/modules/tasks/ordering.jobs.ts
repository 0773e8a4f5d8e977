import type { DataSource } from 'typeorm';
import { Dataset } from '../datasets/dataset.entity';
import type { EmbeddingService } from '../embeddings/embedding.service';
import type { PredictionRepository } from '../predictions/prediction.repository';
import type { QueueOrderer } from './ordering';
import type { QueueService } from './queue.service';

/** While images are still being embedded, an order is made anew only this often. */
const patienceSeconds = 15;

/** Orders the queue between runs: before the first one, and when new images have come in. */
export class OrderingJobs {
  constructor(
    private readonly dataSource: DataSource,
    private readonly embeddings: EmbeddingService,
    private readonly predictions: PredictionRepository,
    private readonly orderer: QueueOrderer,
    private readonly queue: QueueService,
  ) {}

  async run({ datasetId }: { datasetId: string }): Promise<void> {
    const dataset = await this.dataSource.manager.findOneBy(Dataset, { id: datasetId });
    if (!dataset || (await this.isTooSoon(dataset))) return;
    const matrix = await this.embeddings.features(datasetId, dataset.backboneId);
    if (!matrix) return;
    try {
      const margins = await this.predictions.currentMargins(datasetId, matrix.present.length);
      const order = await this.orderer.stage(dataset, null, matrix, margins);
      await this.dataSource.transaction(async (manager) => {
        // A run that was published meanwhile knew more: its order stays.
        const unchanged: unknown[] = await manager.query(
          `SELECT 1 FROM dataset WHERE id = $1 AND current_ordering_id IS NOT DISTINCT FROM $2 FOR NO KEY UPDATE`,
          [datasetId, dataset.currentOrderingId],
        );
        if (unchanged.length > 0)
          await this.queue.activate(manager, datasetId, order.orderingId, order.count);
      });
    } finally {
      await matrix.close();
    }
    await this.queue.pruneSuperseded(datasetId);
  }

  private async isTooSoon(dataset: Dataset): Promise<boolean> {
    const rows: unknown[] = await this.dataSource.query(
      `SELECT 1 FROM ordering WHERE id = $1 AND created_at > now() - make_interval(secs => $2)
         AND EXISTS (SELECT 1 FROM embedding_pending WHERE dataset_id = $3 AND backbone_id = $4
           AND failure IS NULL)`,
      [dataset.currentOrderingId, patienceSeconds, dataset.id, dataset.backboneId],
    );
    return rows.length > 0;
  }
}
