import type { DataSource, EntityManager } from 'typeorm';
import type { Dataset, DatasetWriter } from '../datasets/dataset.ports';
import type { BackboneSwitch } from './embedding.ports';
import type { EmbeddingQueueRepository } from './embeddingQueue.repository';

/** Gives datasets a backbone, together with the images that wait to be embedded. */
export class BackboneSwitcher implements BackboneSwitch {
  constructor(
    private readonly dataSource: DataSource,
    private readonly datasets: DatasetWriter,
    private readonly queue: EmbeddingQueueRepository,
  ) {}

  async complete(
    manager: EntityManager,
    { id, backboneId }: Pick<Dataset, 'id' | 'backboneId'>,
  ): Promise<void> {
    await this.datasets.switchBackbone(manager, id);
    await this.queue.removeDataset(manager, id, backboneId);
  }

  async cancel(manager: EntityManager, datasetId: string, nextBackboneId: string): Promise<void> {
    await this.datasets.endBackboneChange(manager, datasetId);
    await this.queue.removeDataset(manager, datasetId, nextBackboneId);
  }

  /** Gives this backbone to datasets that were created while the server had none. */
  async adopt(backboneId: string): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      await this.queue.addDatasetsWithoutBackbone(manager, backboneId);
      await this.datasets.adoptBackbone(manager, backboneId);
    });
  }
}
