import { randomInt } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { In, type DataSource, type EntityManager } from 'typeorm';
import { insertRows } from '../../database/insertRows';
import { v7 as uuid } from 'uuid';
import type { JobQueue } from '../../jobs/jobQueue';
import type { ImageStore } from '../../storage/imageStore';
import type { ClassService } from '../datasets/class.service';
import type { Dataset, DatasetWriter } from '../datasets/dataset.ports';
import type { EmbeddingQueue } from '../embeddings/embedding.ports';
import type { EventRecorder } from '../events/event.ports';
import { Image } from './image.entity';
import type { ImportedLabels } from './image.ports';
import { RefusalReason } from '../../../shared/enums';
import { limits } from '../../../shared/limits';
import { withTemporaryFolder } from '../../storage/temporaryFolder';
import type { ImageDecoder } from './decoding/imageDecoder';
import type { PreparedImage } from './decoding/imageFile';
import { RefusedFileError } from './refusedFile';
import { imageKey, thumbnailKey } from '../../storage/imageKeys';
import type { RefusalRecord } from './uploads/uploadTicket.entity';

/** A file that is added to a dataset. */
export interface IncomingFile {
  fileName: string;
  sha256: Buffer;
  /**
   * Returns a file with the bytes that nobody else changes. It may be created at this path.
   *
   * @throws RefusedFileError
   */
  localCopy: (path: string) => Promise<string>;
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
  prepared: Omit<PreparedImage, 'thumbnail'>;
  byteSize: number;
}

interface Prepared {
  dataset: Dataset;
  personId: string;
  files: readonly IncomingFile[];
  results: (IngestResult | undefined)[];
  candidates: readonly Candidate[];
}

const filesAtOnce = 4;
const imagesInEvent = 100;

export interface ImageIngestParts {
  dataSource: DataSource;
  store: ImageStore;
  decoder: ImageDecoder;
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
    const candidates = await withTemporaryFolder((folder) =>
      this.prepareAll(dataset, personId, files, results, folder),
    );
    let isCommitting = false;
    const last = async (manager: EntityManager, complete: IngestResult[]) => {
      await alsoCommit(manager, complete);
      isCommitting = true;
    };
    try {
      const { ids, complete } = await this.record(
        { dataset, personId, files, results, candidates },
        last,
      );
      await this.forget(
        dataset,
        candidates.filter(({ id }) => !ids.has(id)),
      );
      return complete;
    } catch (error) {
      // A commit whose answer was lost may have happened, so its files stay.
      if (!isCommitting) await this.forget(dataset, candidates);
      throw error;
    }
  }

  /** Records what was prepared, in one transaction. */
  private record(
    { dataset, personId, files, results, candidates }: Prepared,
    alsoCommit: (manager: EntityManager, results: IngestResult[]) => Promise<void>,
  ) {
    return this.parts.dataSource.transaction(async (manager) => {
      const locked = await this.parts.datasets.lock(manager, dataset.id);
      await this.refuseClasses(manager, locked, files, results);
      const accepted = acceptedOf(candidates, files, results);
      const added = await this.insert(manager, locked, personId, accepted);
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
      return { ids: fresh, complete };
    });
  }

  /** Refuses each file whose class the dataset has no room for, and names the limit. */
  private async refuseClasses(
    manager: EntityManager,
    dataset: Dataset,
    files: readonly IncomingFile[],
    results: (IngestResult | undefined)[],
  ): Promise<void> {
    const wanted = files.flatMap((file, index) =>
      file.className && !results[index] ? [file.className] : [],
    );
    if (wanted.length === 0) return;
    const excess = await this.parts.classes.withoutRoom(manager, dataset, wanted);
    files.forEach(({ fileName, className }, index) => {
      if (!className || results[index] || !excess.has(className)) return;
      const message =
        `A dataset has at most ${limits.maxClasses} classes, so there is no room for “${className}”. ` +
        'Choose an existing class, then upload the file again.';
      const refusal = { fileName, reason: RefusalReason.TOO_MANY_CLASSES, message };
      results[index] = { duplicate: false, refusal };
    });
  }

  private async prepareAll(
    dataset: Dataset,
    personId: string,
    files: readonly IncomingFile[],
    results: (IngestResult | undefined)[],
    folder: string,
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
          const id = uuid();
          const kept = await this.prepare(dataset, personId, file, id, join(folder, id));
          candidates.push({ index, file, id, ...kept });
        } catch (error) {
          if (!(error instanceof RefusedFileError)) {
            waiting.length = 0;
            throw error;
          }
          known.delete(sha);
          const { reason, message } = error;
          results[index] = {
            duplicate: false,
            refusal: { fileName: file.fileName, reason, message },
          };
        }
      }
    };
    const ends = await Promise.allSettled(Array.from({ length: filesAtOnce }, work));
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed) {
      await this.forget(dataset, candidates);
      throw failed.reason as Error;
    }
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

  /** Stores the versions of a file, which never stand in this process's memory. */
  private async prepare(
    dataset: Dataset,
    personId: string,
    file: IncomingFile,
    id: string,
    path: string,
  ): Promise<Pick<Candidate, 'prepared' | 'byteSize'>> {
    const { decoder, store } = this.parts;
    const source = await file.localCopy(path);
    const renditionPath = `${path}.rendition`;
    const { thumbnail, ...prepared } = await decoder.prepare(personId, {
      path: source,
      renditionPath,
    });
    const kept = prepared.unchanged ? source : renditionPath;
    const ends = await Promise.allSettled([
      store.put(imageKey(dataset.id, id), createReadStream(kept)),
      store.put(thumbnailKey(dataset.id, id), thumbnail),
    ]);
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed) {
      await this.forget(dataset, [{ id }]);
      throw failed.reason as Error;
    }
    return { prepared, byteSize: (await stat(kept)).size };
  }

  /** Deletes the files of images that were not recorded. */
  private async forget(dataset: Dataset, candidates: readonly { id: string }[]): Promise<void> {
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
    const images = fresh.map(({ file, id, prepared, byteSize }, index) =>
      manager.create(Image, {
        id,
        datasetId: dataset.id,
        ordinal: dataset.nextOrdinal + index,
        fileName: file.fileName,
        sha256: file.sha256,
        mediaType: prepared.mediaType,
        width: prepared.width,
        height: prepared.height,
        byteSize,
        heldOut: file.heldOut,
        shuffle: randomInt(2 ** 31),
        createdBy: personId,
      }),
    );
    if (images.length === 0) return [];
    await insertRows(manager, Image, images);
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
    if (dataset.backboneId)
      await this.parts.jobs.send('embed', { datasetId: dataset.id }, { manager });
  }
}

/** Returns the images to store. Each gets the name of the first accepted file with the same bytes. */
function acceptedOf(
  candidates: readonly Candidate[],
  files: readonly IncomingFile[],
  results: readonly (IngestResult | undefined)[],
): Candidate[] {
  return candidates.flatMap((candidate) => {
    const sameBytes = ({ sha256 }: IncomingFile) => sha256.equals(candidate.file.sha256);
    const index = files.findIndex((file, at) => !results[at] && sameBytes(file));
    const file = files[index];
    return file ? [{ ...candidate, index, file }] : [];
  });
}
