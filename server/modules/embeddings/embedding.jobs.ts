import type { DataSource } from 'typeorm';
import type { Logger } from 'pino';
import { embedImages, type ImageSource } from '../../../models/backbones';
import type { JobQueue } from '../../jobs/jobQueue';
import type { ImageStore } from '../../storage/imageStore';
import { Dataset } from '../datasets/dataset.entity';
import type { EventRecorder } from '../events/event.ports';
import { imageKey } from '../../storage/imageKeys';
import type { BackboneChangeService } from './backboneChange.service';
import type { EmbeddingRepository, PendingImage } from './embedding.repository';
import type { EmbeddingService } from './embedding.service';
import { EmbeddingWriter } from './embeddingWriter';

const claimSize = 64;
/** Of the next backbone: the present one's images wait for what was claimed. */
const backgroundClaimSize = 32;
/** A job gives way after this long, */
const turnMs = 60_000;
/** and after this long to a dataset that waits: somebody may be looking at it. */
const sharedTurnMs = 3_000;

interface Turn {
  dataset: Dataset;
  backboneId: string;
  claimSize: number;
  isOver: () => Promise<boolean>;
}

/** Embeds what waits, decoding and inference at the same time. */
export class EmbeddingJobs {
  constructor(
    private readonly dataSource: DataSource,
    private readonly repository: EmbeddingRepository,
    private readonly embeddings: EmbeddingService,
    private readonly changes: BackboneChangeService,
    private readonly store: ImageStore,
    private readonly events: EventRecorder,
    private readonly jobs: JobQueue,
    private readonly logger: Logger,
  ) {}

  async run({ datasetId }: { datasetId: string }, signal: AbortSignal): Promise<void> {
    const dataset = await this.dataSource.manager.findOneBy(Dataset, { id: datasetId });
    if (!dataset) return;
    const begun = Date.now();
    let isEnded = false;
    const isOver = async () => {
      const spent = Date.now() - begun;
      isEnded ||= spent > turnMs || (spent > sharedTurnMs && (await this.othersWait(datasetId)));
      return signal.aborted || isEnded;
    };
    const { backboneId, nextBackboneId } = dataset;
    if (backboneId) await this.take({ dataset, backboneId, claimSize, isOver });
    const isMore = nextBackboneId !== null && (await this.prepareNext(dataset, isOver));
    if (!signal.aborted && (isMore || isEnded)) await this.jobs.send('embed', { datasetId });
  }

  /** In the background: images of the present backbone come first. @returns whether some are left */
  private async prepareNext(dataset: Dataset, isOver: Turn['isOver']): Promise<boolean> {
    const { id, backboneId, nextBackboneId: next } = dataset;
    if (!next || (await isOver())) return next !== null;
    let givesWay = false;
    const isDisturbed = async () => {
      givesWay ||= backboneId !== null && (await this.isWaitingHere(id, backboneId));
      return givesWay || isOver();
    };
    const claim = { claimSize: backgroundClaimSize, isOver: isDisturbed };
    await this.take({ dataset, backboneId: next, ...claim });
    await this.changes.advance(id);
    // Had it become the present one meanwhile, what was embedded last has no prediction yet.
    await this.jobs.send('predict', { datasetId: id });
    return givesWay;
  }

  private async isWaitingHere(datasetId: string, backboneId: string): Promise<boolean> {
    return this.embeddings.has(backboneId) && this.repository.isWaiting(datasetId, backboneId);
  }

  private othersWait(datasetId: string): Promise<boolean> {
    return this.repository.othersWait(datasetId, this.embeddings.backboneIds);
  }

  /** Embeds until nothing is left or the turn is over. A backbone that this machine lacks is left to others. */
  private async take(turn: Turn): Promise<void> {
    const { dataset, backboneId } = turn;
    const session = await this.embeddings.session(backboneId);
    if (!session) return;
    await this.repository.giveBack(dataset.id, backboneId);
    const outside = { dataSource: this.dataSource, events: this.events, jobs: this.jobs };
    const writer = new EmbeddingWriter(this.repository, outside, dataset, backboneId);
    for await (const result of embedImages(this.source(turn), { session })) {
      if ('error' in result) await this.fail(backboneId, result.item, result.error);
      else await writer.add({ ...result.item, vector: result.embedding });
    }
    await writer.finish();
  }

  private async *source({
    dataset,
    backboneId,
    claimSize: size,
    isOver,
  }: Turn): AsyncGenerator<ImageSource<PendingImage>> {
    while (!(await isOver())) {
      const claimed = await this.repository.claim(dataset.id, backboneId, size);
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
