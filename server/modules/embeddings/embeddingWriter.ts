import type { DataSource } from 'typeorm';
import type { JobQueue } from '../../jobs/jobQueue';
import type { Dataset, DatasetWriter } from '../datasets/dataset.ports';
import type { EventRecorder } from '../events/event.ports';
import type { EmbeddingRepository, PendingImage } from './embedding.repository';

const storeSize = 64;
const announceMs = 500;
/**
 * A slow machine stores fewer at a time, because finished embeddings are useful and people watch
 * the count.
 */
const storeMs = 500;

interface Outside {
  dataSource: DataSource;
  datasets: DatasetWriter;
  events: EventRecorder;
  jobs: JobQueue;
}

type EmbeddedImage = PendingImage & { vector: Float32Array };

/**
 * Stores embeddings in batches while the next images are embedded, and reports progress from time
 * to time.
 */
export class EmbeddingWriter {
  private batch: EmbeddedImage[] = [];
  private writing: Promise<void> = Promise.resolve();
  private unannounced = 0;
  private announcedAt = 0;
  private storedAt = Date.now();
  private stored = 0;
  private readonly startedAt = performance.now();

  constructor(
    private readonly repository: EmbeddingRepository,
    private readonly outside: Outside,
    private readonly dataset: Dataset,
    private readonly backboneId: string,
  ) {}

  async add(image: EmbeddedImage): Promise<void> {
    const isFull = this.batch.push(image) >= storeSize;
    if (!isFull && Date.now() - this.storedAt < storeMs) return;
    await this.writing;
    this.writing = this.flush(Date.now() - this.announcedAt > announceMs);
    // The next batch sees the failure. Until then it must not end the process.
    this.writing.catch(() => {});
  }

  /** Stores what it has, without a report. */
  async store(): Promise<void> {
    await this.writing;
    await this.flush(false);
  }

  async finish(): Promise<void> {
    await this.writing;
    await this.flush(true);
  }

  private async flush(announce: boolean): Promise<void> {
    const batch = this.batch;
    this.batch = [];
    this.storedAt = Date.now();
    if (batch.length > 0) {
      await this.repository.store(this.dataset.id, this.backboneId, batch);
      this.unannounced += batch.length;
      this.stored += batch.length;
    }
    if (announce && this.unannounced > 0) await this.announce();
  }

  private async announce(): Promise<void> {
    const count = this.unannounced;
    this.unannounced = 0;
    this.announcedAt = Date.now();
    const datasetId = this.dataset.id;
    const { dataSource, datasets, events, jobs } = this.outside;
    if (this.backboneId === this.dataset.nextBackboneId) {
      const seconds = (performance.now() - this.startedAt) / 1000;
      await datasets.setNextBackboneRate(datasetId, this.backboneId, this.stored / seconds);
      await events.record(dataSource.manager, {
        datasetId,
        type: 'backbone.progressed',
        payload: {},
      });
      return;
    }
    await events.record(dataSource.manager, {
      datasetId,
      type: 'images.embedded',
      payload: { count },
    });
    await jobs.send('predict', { datasetId });
  }
}
