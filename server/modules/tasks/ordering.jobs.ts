import type { DataSource } from 'typeorm';
import type { DatasetReader } from '../datasets/dataset.ports';
import type { EmbeddingService } from '../embeddings/embedding.service';
import type { QueueOrderer } from './ordering';
import type { CurrentMargins } from './ordering.ports';
import type { QueueRepository } from './queue.repository';
import type { QueueService } from './queue.service';

/** While images are being embedded, the queue is ordered again at most this often. */
const patienceSeconds = 15;

export interface OrderingJobsParts {
  dataSource: DataSource;
  datasets: DatasetReader;
  embeddings: EmbeddingService;
  predictions: CurrentMargins;
  orderer: QueueOrderer;
  orderings: QueueRepository;
  queue: QueueService;
}

/** Orders the queue between runs: before the first one, and after new images. */
export class OrderingJobs {
  constructor(private readonly parts: OrderingJobsParts) {}

  async run({ datasetId }: { datasetId: string }): Promise<void> {
    const { dataSource, datasets, embeddings, predictions, orderer, orderings, queue } = this.parts;
    const dataset = await datasets.find(datasetId);
    if (!dataset || (await orderings.isOrderingRecent(dataset, patienceSeconds))) return;
    const matrix = await embeddings.features(datasetId, dataset.backboneId);
    if (!matrix) return;
    try {
      const margins = await predictions.currentMargins(datasetId, matrix.present.length);
      const order = await orderer.stage(dataset, null, matrix, margins);
      await dataSource.transaction(async (manager) => {
        // A run that was published meanwhile has ordered the queue with a newer model, so its order
        // stays.
        const locked = await datasets.lockIfExists(manager, datasetId);
        if (locked?.currentOrderingId === dataset.currentOrderingId)
          await queue.activate(manager, datasetId, order.orderingId, order.count);
      });
    } finally {
      await matrix.close();
    }
    await queue.pruneSuperseded(datasetId);
  }
}
