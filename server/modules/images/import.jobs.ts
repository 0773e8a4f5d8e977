import { createHash } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import { ImportStatus } from '../../../shared/enums';
import type { ImageStore } from '../../storage/imageStore';
import type { Dataset, DatasetReader } from '../datasets/dataset.ports';
import { cleanName } from '../../domain/names';
import type { EventRecorder } from '../events/event.ports';
import { openArchive, type ArchiveFile } from './archive';
import { folderOf } from './fileNames';
import { RefusedFileError } from './imageFile';
import type { ImageIngest, IncomingFile, IngestResult } from './imageIngest';
import { StoreFullError } from '../../storage/diskRoom';
import { uploadKey } from '../../storage/imageKeys';
import { Import } from './import.entity';
import type { ImportRepository } from './import.repository';
import type { RefusalRecord } from './uploadTicket.entity';

const filesPerStep = 50;
/** Bounds the memory of a step, which holds at most one file more than this. */
const bytesPerStep = 64 * 1024 * 1024;
const refusalsKept = 1_000;

export interface ImportJobsParts {
  dataSource: DataSource;
  datasets: DatasetReader;
  imports: ImportRepository;
  store: ImageStore;
  imageIngest: ImageIngest;
  events: EventRecorder;
  workerId: string;
}

/**
 * Unpacks archives step by step. Each step commits with its progress, so a restart continues there.
 */
export class ImportJobs {
  constructor(private readonly parts: ImportJobsParts) {}

  async run({ importId }: { importId: string }, signal: AbortSignal): Promise<void> {
    const work = await this.parts.imports.claim(importId, this.parts.workerId);
    if (!work) return;
    const local = await this.parts.store.localFile(uploadKey(work.ticketId));
    try {
      const archive = await openArchive(local.path);
      try {
        await this.unpack(work, archive.files, signal);
      } finally {
        archive.close();
      }
    } catch (error) {
      const isExpected = error instanceof RefusedFileError || error instanceof StoreFullError;
      if (!isExpected) throw error;
      await this.save(this.parts.dataSource.manager, work, {
        status: ImportStatus.FAILED,
        failure: error.message,
      });
    } finally {
      await local.release();
    }
    if (!signal.aborted) await this.parts.store.remove(uploadKey(work.ticketId));
  }

  private async unpack(
    work: Import,
    files: readonly ArchiveFile[],
    signal: AbortSignal,
  ): Promise<void> {
    const { dataSource, datasets } = this.parts;
    const dataset = await datasets.get(dataSource.manager, work.datasetId);
    await this.save(this.parts.dataSource.manager, work, { filesTotal: files.length });
    while (work.filesDone < files.length) {
      if (signal.aborted) return;
      await this.step(work, dataset, nextStep(files, work.filesDone));
    }
    await this.save(this.parts.dataSource.manager, work, { status: ImportStatus.DONE });
  }

  private async step(work: Import, dataset: Dataset, files: readonly ArchiveFile[]): Promise<void> {
    const refused: RefusalRecord[] = [];
    const incoming: IncomingFile[] = [];
    for (const file of files) {
      try {
        incoming.push(incomingOf(file, await file.read(), work));
      } catch (error) {
        if (!(error instanceof RefusedFileError)) throw error;
        refused.push({ fileName: file.fileName, reason: error.reason, message: error.message });
      }
    }
    await this.parts.imageIngest.ingest(dataset, work.userId, incoming, (manager, results) =>
      this.save(manager, work, progressOf(work, files.length, incoming, results, refused)),
    );
  }

  private async save(
    manager: EntityManager,
    work: Import,
    changes: Partial<Import>,
  ): Promise<void> {
    Object.assign(work, changes);
    await manager.update(Import, { id: work.id }, changes);
    await this.parts.events.record(manager, {
      datasetId: work.datasetId,
      type: 'import.progressed',
      payload: { importId: work.id },
      actorId: work.userId,
    });
  }
}

/** Returns as many of the next files as fit into one step, at least one. */
function nextStep(files: readonly ArchiveFile[], start: number): ArchiveFile[] {
  const step: ArchiveFile[] = [];
  let bytes = 0;
  for (const file of files.slice(start, start + filesPerStep)) {
    if (bytes >= bytesPerStep) break;
    step.push(file);
    bytes += file.byteSize;
  }
  return step;
}

function incomingOf(file: ArchiveFile, bytes: Buffer, work: Import): IncomingFile {
  return {
    fileName: file.fileName,
    sha256: createHash('sha256').update(bytes).digest(),
    read: () => Promise.resolve(bytes),
    className: work.labelsFromFolders ? classNameOf(file.fileName) : undefined,
    heldOut: work.heldOut,
  };
}

/** A folder name that is not a valid class name leaves its images unlabelled. */
function classNameOf(fileName: string): string | undefined {
  try {
    return cleanName('className', folderOf(fileName) ?? '');
  } catch {
    return undefined;
  }
}

function progressOf(
  work: Import,
  filesDone: number,
  incoming: readonly IncomingFile[],
  results: readonly IngestResult[],
  refused: readonly RefusalRecord[],
): Partial<Import> {
  const refusals = [...refused, ...results.flatMap((result) => result.refusal ?? [])];
  const added = results.filter((result) => result.image && !result.duplicate).length;
  const duplicates = results.filter((result) => result.duplicate).length;
  const labelled = results.filter(
    (result, index) => result.image && !result.duplicate && incoming[index]?.className,
  );
  return {
    filesDone: work.filesDone + filesDone,
    imagesAdded: work.imagesAdded + added,
    duplicates: work.duplicates + duplicates,
    labelsAdded: work.labelsAdded + labelled.length,
    refusals: [...work.refusals, ...refusals].slice(0, refusalsKept),
    refusalCount: work.refusalCount + refusals.length,
  };
}
