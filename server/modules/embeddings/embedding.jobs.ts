import type { DataSource } from 'typeorm';
import type { Logger } from 'pino';
import {
  embedImages,
  type BackboneSession,
  type ImageSource,
  type ImageStream,
} from '../../../models/backbones';
import { deathReason } from '../../jobs/deathGuard';
import type { HeldWork } from '../../jobs/heldWork';
import type { WorkerDeathsRepository } from '../../jobs/workerDeaths.repository';
import type { JobQueue } from '../../jobs/jobQueue';
import type { ImageStore } from '../../storage/imageStore';
import type { Dataset, DatasetWriter } from '../datasets/dataset.ports';
import type { EventRecorder } from '../events/event.ports';
import { imageKey } from '../../storage/imageKeys';
import type { BackboneChangeService } from './backboneChange.service';
import type { EmbeddingQueue } from './embedding.ports';
import type { EmbeddingRepository, PendingImage } from './embedding.repository';
import type { EmbeddingService } from './embedding.service';
import { EmbeddingWriter } from './embeddingWriter';

const claimSize = 64;
/** Claim size for the next backbone. Images of the present backbone wait for at most this many. */
const backgroundClaimSize = 32;
/** A job ends its turn after this time. */
const turnMs = 60_000;
/**
 * A job ends its turn after this time if another dataset waits, because somebody may be watching
 * it.
 */
const sharedTurnMs = 3_000;

/**
 * A backbone is given up after this number of dead workers without one embedding in between. The
 * limit is higher than for an image, because the images that end a worker may come first.
 */
const maxBackboneDeaths = 4;
const backboneDeathReason = deathReason(
  'images with this backbone',
  'Choose another backbone in the settings, or this one again on a machine with more memory.',
);

interface Turn {
  dataset: Dataset;
  backboneId: string;
  claimSize: number;
  isOver: () => Promise<boolean>;
}

export interface EmbeddingJobsParts {
  dataSource: DataSource;
  datasets: DatasetWriter;
  repository: EmbeddingRepository;
  queue: EmbeddingQueue;
  embeddings: EmbeddingService;
  changes: BackboneChangeService;
  store: ImageStore;
  events: EventRecorder;
  jobs: JobQueue;
  deaths: WorkerDeathsRepository;
  logger: Logger;
  held: HeldWork;
}

/** Embeds waiting images. Decoding and inference overlap. */
export class EmbeddingJobs {
  constructor(private readonly parts: EmbeddingJobsParts) {}

  run({ datasetId }: { datasetId: string }, signal: AbortSignal): Promise<void> {
    return this.parts.held.during('embed', 'any', () => this.takeTurn(datasetId, signal));
  }

  private async takeTurn(datasetId: string, signal: AbortSignal): Promise<void> {
    const dataset = await this.parts.datasets.find(datasetId);
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
    if (!signal.aborted && (isMore || isEnded)) await this.parts.jobs.send('embed', { datasetId });
  }

  /**
   * Embeds with the next backbone in the background. Images of the present backbone come first.
   * @returns whether some are left
   */
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
    await this.parts.changes.advance(id);
    // If it became the present backbone meanwhile, the last embedded images have no prediction yet.
    await this.parts.jobs.send('predict', { datasetId: id });
    return givesWay;
  }

  private async isWaitingHere(datasetId: string, backboneId: string): Promise<boolean> {
    const { dataSource, embeddings, queue } = this.parts;
    if (!embeddings.has(backboneId)) return false;
    return !(await queue.isEmbedded(dataSource.manager, datasetId, backboneId));
  }

  private othersWait(datasetId: string): Promise<boolean> {
    const { repository, embeddings } = this.parts;
    return repository.othersWait(datasetId, embeddings.backboneIds);
  }

  /**
   * Embeds until nothing is left or the turn is over. A backbone that this machine lacks is left to
   * other workers.
   */
  private async take(turn: Turn): Promise<void> {
    const { dataset, backboneId } = turn;
    const { embeddings, repository, deaths } = this.parts;
    if (!embeddings.has(backboneId)) return;
    const died = await deaths.begin('backbone', backboneId);
    try {
      if (died >= maxBackboneDeaths)
        return await repository.failAll(dataset.id, backboneId, backboneDeathReason);
      const session = await embeddings.session(backboneId);
      if (!session) return;
      await repository.giveBack(dataset.id, backboneId);
      await repository.releaseDead(dataset.id, backboneId);
      const writer = new EmbeddingWriter(repository, this.parts, dataset, backboneId);
      await this.embedSuspects(turn, session, writer);
      await this.embed(this.source(turn), session, writer, backboneId);
      await writer.finish();
    } finally {
      await deaths.end('backbone', backboneId).catch(() => {});
    }
  }

  /**
   * Embeds the images of dead workers one by one. If an image ends this worker too, the worker held
   * only this image, so the cause is known and other images are not held up.
   */
  private async embedSuspects(
    turn: Turn,
    session: BackboneSession,
    writer: EmbeddingWriter,
  ): Promise<void> {
    const { dataset, backboneId } = turn;
    while (!(await turn.isOver())) {
      const suspect = await this.parts.repository.claimSuspect(dataset.id, backboneId);
      if (!suspect) return;
      await this.embed([await this.imageOf(dataset, suspect)], session, writer, backboneId);
      await writer.store();
    }
  }

  private async embed(
    images: ImageStream<PendingImage>,
    session: BackboneSession,
    writer: EmbeddingWriter,
    backboneId: string,
  ): Promise<void> {
    for await (const result of embedImages(images, { session })) {
      if ('error' in result) await this.fail(backboneId, result.item, result.error);
      else await writer.add({ ...result.item, vector: result.embedding });
    }
  }

  private async imageOf(dataset: Dataset, item: PendingImage): Promise<ImageSource<PendingImage>> {
    const { path } = await this.parts.store.localFile(imageKey(dataset.id, item.imageId));
    return { item, image: path };
  }

  private async *source({
    dataset,
    backboneId,
    claimSize: size,
    isOver,
  }: Turn): AsyncGenerator<ImageSource<PendingImage>> {
    while (!(await isOver())) {
      const claimed = await this.parts.repository.claim(dataset.id, backboneId, size);
      if (claimed.length === 0) return;
      for (const item of claimed) yield await this.imageOf(dataset, item);
    }
  }

  private async fail(backboneId: string, item: PendingImage, error: Error): Promise<void> {
    this.parts.logger.warn({ err: error, imageId: item.imageId }, 'image could not be embedded');
    await this.parts.repository.fail(backboneId, item.imageId, error.message);
  }
}
