import { randomInt } from 'node:crypto';
import { In, type DataSource, type EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import type { JobQueue } from '../../jobs/jobQueue';
import type { ImageStore } from '../../storage/imageStore';
import type { ClassService } from '../datasets/class.service';
import type { Dataset, DatasetWriter } from '../datasets/dataset.ports';
import type { EmbeddingQueue } from '../embeddings/embedding.ports';
import type { EventRecorder } from '../events/event.ports';
import { Image } from './image.entity';
import type { ImportedLabels } from './image.ports';
import { prepareImage, RefusedFileError, type PreparedImage } from './imageFile';
import { imageKey, thumbnailKey } from '../../storage/imageKeys';
import type { RefusalRecord } from './uploadTicket.entity';

/** A file with its bytes that is added to a dataset. */
export interface IncomingFile {
  fileName: string;
  sha256: Buffer;
  read: () => Promise<Buffer>;
  className?: string | null;
  heldOut: boolean;
}

export type IngestResult =
  | { image: Image; duplicate: boolean; refusal?: undefined }
  | { image?: undefined; duplicate: false; refusal: RefusalRecord };

interface Candidate {
  index: number;
  file: IncomingFile;
  id: string;
  prepared: PreparedImage;
}

const filesAtOnce = 4;
const imagesInEvent = 100;

export interface ImageIngestParts {
  dataSource: DataSource;
  store: ImageStore;
  classes: ClassService;
  labels: ImportedLabels;
  datasets: DatasetWriter;
  embeddingQueue: EmbeddingQueue;
  events: EventRecorder;
  jobs: JobQueue;
}

/** Adds files to a dataset. Single files and archives both come through here. */
export class ImageIngest {
  constructor(private readonly parts: ImageIngestParts) {}

  /**
   * Checks, stores and records files. A bad file is refused by name, and the others continue.
   * `alsoCommit` runs in the transaction that records them.
   */
  async ingest(
    dataset: Dataset,
    personId: string,
    files: readonly IncomingFile[],
    alsoCommit: (manager: EntityManager, results: IngestResult[]) => Promise<void>,
  ): Promise<IngestResult[]> {
    const results: (IngestResult | undefined)[] = files.map(() => undefined);
    const candidates = await this.prepareAll(dataset, files, results);
    const done = await this.parts.dataSource.transaction(async (manager) => {
      const locked = await this.parts.datasets.lock(manager, dataset.id);
      const added = await this.insert(manager, locked, personId, candidates);
      const known = await this.bySha(manager, dataset.id, files);
      const fresh = new Set(added.map((image) => image.id));
      const seen = new Set<string>();
      const complete = files.map((file, index): IngestResult => {
        const refused = results[index];
        if (refused) return refused;
        const image = known.get(file.sha256.toString('hex'));
        if (!image) throw new Error(`${file.fileName} was neither stored nor refused`);
        const duplicate = !fresh.has(image.id) || seen.has(image.id);
        seen.add(image.id);
        return { image, duplicate };
      });
      await this.importLabels(manager, locked, personId, files, complete);
      if (added.length > 0) await this.announce(manager, locked, personId, added);
      await alsoCommit(manager, complete);
      return { fresh, complete };
    });
    await this.forget(
      dataset,
      candidates.filter(({ id }) => !done.fresh.has(id)),
    );
    return done.complete;
  }

  private async prepareAll(
    dataset: Dataset,
    files: readonly IncomingFile[],
    results: (IngestResult | undefined)[],
  ): Promise<Candidate[]> {
    const known = new Set(
      (await this.bySha(this.parts.dataSource.manager, dataset.id, files)).keys(),
    );
    const candidates: Candidate[] = [];
    const waiting = [...files.entries()];
    const work = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const [index, file] = next;
        const sha = file.sha256.toString('hex');
        if (known.has(sha)) continue;
        known.add(sha);
        try {
          const candidate = {
            index,
            file,
            id: uuid(),
            prepared: await prepareImage(await file.read()),
          };
          await this.keep(dataset, candidate);
          candidates.push(candidate);
        } catch (error) {
          if (!(error instanceof RefusedFileError)) throw error;
          known.delete(sha);
          const { reason, message } = error;
          results[index] = {
            duplicate: false,
            refusal: { fileName: file.fileName, reason, message },
          };
        }
      }
    };
    await Promise.all(Array.from({ length: filesAtOnce }, work));
    this.refuseDuplicates(files, results, known);
    return candidates.sort((a, b) => a.index - b.index);
  }

  /** Refuses the same bad bytes under a second name too. */
  private refuseDuplicates(
    files: readonly IncomingFile[],
    results: (IngestResult | undefined)[],
    known: ReadonlySet<string>,
  ): void {
    const refusals = new Map<string, RefusalRecord>();
    files.forEach((file, index) => {
      const refusal = results[index]?.refusal;
      if (refusal) refusals.set(file.sha256.toString('hex'), refusal);
    });
    files.forEach((file, index) => {
      const refusal = refusals.get(file.sha256.toString('hex'));
      if (refusal && !results[index] && !known.has(file.sha256.toString('hex')))
        results[index] = { duplicate: false, refusal: { ...refusal, fileName: file.fileName } };
    });
  }

  private async keep(dataset: Dataset, { id, prepared }: Candidate): Promise<void> {
    await Promise.all([
      this.parts.store.put(imageKey(dataset.id, id), prepared.bytes),
      this.parts.store.put(thumbnailKey(dataset.id, id), prepared.thumbnail),
    ]);
  }

  /** Deletes files of images that somebody else recorded at the same moment. */
  private async forget(dataset: Dataset, candidates: readonly Candidate[]): Promise<void> {
    for (const { id } of candidates) {
      await this.parts.store.remove(imageKey(dataset.id, id));
      await this.parts.store.remove(thumbnailKey(dataset.id, id));
    }
  }

  /** Ordinals have no gaps, so only new images get one. */
  private async insert(
    manager: EntityManager,
    dataset: Dataset,
    personId: string,
    candidates: readonly Candidate[],
  ): Promise<Image[]> {
    const known = await this.bySha(
      manager,
      dataset.id,
      candidates.map(({ file }) => file),
    );
    const fresh = candidates.filter(({ file }) => !known.has(file.sha256.toString('hex')));
    const images = fresh.map(({ file, id, prepared }, index) =>
      manager.create(Image, {
        id,
        datasetId: dataset.id,
        ordinal: dataset.nextOrdinal + index,
        fileName: file.fileName,
        sha256: file.sha256,
        mediaType: prepared.mediaType,
        width: prepared.width,
        height: prepared.height,
        byteSize: prepared.bytes.length,
        heldOut: file.heldOut,
        shuffle: randomInt(2 ** 31),
        createdBy: personId,
      }),
    );
    if (images.length === 0) return [];
    await manager.insert(Image, images);
    const { datasets, embeddingQueue } = this.parts;
    await datasets.takeOrdinals(manager, dataset.id, images.length);
    // During a change of the backbone, new images are embedded with both.
    const backboneIds = [dataset.backboneId, dataset.nextBackboneId].filter((id) => id !== null);
    const imageIds = images.map((image) => image.id);
    await embeddingQueue.addImages(manager, imageIds, backboneIds);
    return images;
  }

  private async bySha(
    manager: EntityManager,
    datasetId: string,
    files: readonly IncomingFile[],
  ): Promise<Map<string, Image>> {
    if (files.length === 0) return new Map();
    const found = await manager.findBy(Image, {
      datasetId,
      sha256: In(files.map((file) => file.sha256)),
    });
    return new Map(found.map((image) => [image.sha256.toString('hex'), image]));
  }

  private async importLabels(
    manager: EntityManager,
    dataset: Dataset,
    personId: string,
    files: readonly IncomingFile[],
    results: readonly IngestResult[],
  ): Promise<void> {
    const named = files.flatMap((file, index) => {
      const image = results[index]?.image;
      return image && file.className ? [{ image, className: file.className }] : [];
    });
    if (named.length === 0) return;
    const classIds = await this.parts.classes.ensure(
      manager,
      dataset,
      named.map(({ className }) => className),
    );
    const labels = named.flatMap(({ image, className }) => {
      const classId = classIds.get(className);
      return classId ? [{ image, classId }] : [];
    });
    await this.parts.labels.import(manager, dataset, personId, labels);
  }

  private async announce(
    manager: EntityManager,
    dataset: Dataset,
    personId: string,
    added: readonly Image[],
  ): Promise<void> {
    const imageIds = added.slice(0, imagesInEvent).map((image) => image.id);
    await this.parts.events.record(manager, {
      datasetId: dataset.id,
      type: 'images.stored',
      payload: { imageIds, count: added.length },
      actorId: personId,
    });
    if (dataset.backboneId) await this.parts.jobs.send('embed', { datasetId: dataset.id }, manager);
  }
}
