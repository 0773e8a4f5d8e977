import type { DataSource } from 'typeorm';
import type { Logger } from 'pino';
import { embedImages, type ImageSource } from '../../../models/backbones/pipeline';
import type { JobQueue } from '../../jobs/jobQueue';
import type { ImageStore } from '../../storage/imageStore';
import { Dataset } from '../datasets/dataset.entity';
import type { EventStore } from '../events/eventStore';
import { imageKey } from '../images/imageKeys';
import type { EmbeddingRepository, PendingImage } from './embedding.repository';
import type { EmbeddingService } from './embedding.service';

const claimSize = 128;
const storeSize = 64;
/** A job gives way after this long, so that datasets take turns. */
const turnMs = 60_000;
const announceMs = 500;

/** Embeds what waits, decoding and inference at the same time. */
export class EmbeddingJobs {
  constructor(
    private readonly dataSource: DataSource,
    private readonly repository: EmbeddingRepository,
    private readonly embeddings: EmbeddingService,
    private readonly store: ImageStore,
    private readonly events: EventStore,
    private readonly jobs: JobQueue,
    private readonly logger: Logger,
  ) {}

  async run({ datasetId }: { datasetId: string }, signal: AbortSignal): Promise<void> {
    const dataset = await this.dataSource.manager.findOneBy(Dataset, { id: datasetId });
    const backboneId = dataset?.backboneId;
    const session = backboneId && (await this.embeddings.session(backboneId));
    if (!dataset || !backboneId || !session) return;
    const end = Date.now() + turnMs;
    const source = this.source(dataset, backboneId, () => signal.aborted || Date.now() > end);
    const writer = new EmbeddingWriter(
      this.repository,
      this.events,
      this.jobs,
      this.dataSource,
      dataset,
    );
    for await (const result of embedImages(source, { session })) {
      if ('error' in result) await this.fail(backboneId, result.item, result.error);
      else await writer.add({ ...result.item, vector: result.embedding });
    }
    await writer.finish();
    if (!signal.aborted && Date.now() > end) await this.jobs.send('embed', { datasetId });
  }

  private async *source(
    dataset: Dataset,
    backboneId: string,
    isOver: () => boolean,
  ): AsyncGenerator<ImageSource<PendingImage>> {
    while (!isOver()) {
      const claimed = await this.repository.claim(dataset.id, backboneId, claimSize);
      if (claimed.length === 0) return;
      for (const item of claimed) {
        const { path } = await this.store.localFile(imageKey(dataset.id, item.imageId));
        yield { item, image: path };
      }
    }
  }

  private async fail(backboneId: string, item: PendingImage, error: Error): Promise<void> {
    this.logger.warn({ err: error, imageId: item.imageId }, 'image could not be embedded');
    await this.repository.fail(backboneId, item.imageId, error.message);
  }
}

type EmbeddedImage = PendingImage & { vector: Float32Array };

/** Stores in batches while the next images are being embedded, and tells the others now and then. */
class EmbeddingWriter {
  private batch: EmbeddedImage[] = [];
  private writing: Promise<void> = Promise.resolve();
  private unannounced = 0;
  private announcedAt = 0;

  constructor(
    private readonly repository: EmbeddingRepository,
    private readonly events: EventStore,
    private readonly jobs: JobQueue,
    private readonly dataSource: DataSource,
    private readonly dataset: Dataset,
  ) {}

  async add(image: EmbeddedImage): Promise<void> {
    if (this.batch.push(image) < storeSize) return;
    await this.writing;
    this.writing = this.flush(Date.now() - this.announcedAt > announceMs);
    // Its failure is seen at the next batch; until then it must not end the process.
    this.writing.catch(() => {});
  }

  async finish(): Promise<void> {
    await this.writing;
    await this.flush(true);
  }

  private async flush(announce: boolean): Promise<void> {
    const batch = this.batch;
    this.batch = [];
    if (batch.length > 0) {
      await this.repository.store(this.dataset.id, this.dataset.backboneId ?? '', batch);
      this.unannounced += batch.length;
    }
    if (announce && this.unannounced > 0) await this.announce();
  }

  private async announce(): Promise<void> {
    const count = this.unannounced;
    this.unannounced = 0;
    this.announcedAt = Date.now();
    const datasetId = this.dataset.id;
    await this.events.record(this.dataSource.manager, {
      datasetId,
      type: 'images.embedded',
      payload: { count },
    });
    await this.jobs.send('predict', { datasetId });
  }
}
