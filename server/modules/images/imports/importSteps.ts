import { join } from 'node:path';
import type { Logger } from 'pino';
import type { EntityManager } from 'typeorm';
import { RefusalReason } from '../../../../shared/enums';
import { DomainError } from '../../../domain/errors';
import { cleanName } from '../../../domain/names';
import { ProcessEndedError } from '../../../processes/poolProcess';
import { withTemporaryFolder } from '../../../storage/temporaryFolder';
import type { Dataset } from '../../datasets/dataset.ports';
import type { ArchiveFile } from './archive';
import { folderOf } from '../fileNames';
import type { ImageIngest, IncomingFile } from '../imageIngest';
import type { Import } from './import.entity';
import type { StepOutcome } from './importProgress';
import { RefusedFileError } from '../refusedFile';
import type { RefusalRecord } from '../uploads/uploadTicket.entity';

/** The import was cancelled, or another worker has taken it over. Nothing more may be written. */
export class ImportGoneError extends Error {}

/** Files that a step reads. */
const filesPerStep = 50;
/** Files of a step, together with those that it refuses without reading them. */
const maxFilesPerStep = 1_000;
/** Bounds the disk space of a step, which holds at most one file more than this. */
const bytesPerStep = 64 * 1024 * 1024;

/** Groups files into steps of at least one file. */
export async function* stepsOf(files: AsyncIterable<ArchiveFile>): AsyncGenerator<ArchiveFile[]> {
  let step: ArchiveFile[] = [];
  let [toRead, bytes] = [0, 0];
  for await (const file of files) {
    step.push(file);
    if (!file.refusal) {
      toRead++;
      bytes += file.byteSize;
    }
    const isFull = toRead >= filesPerStep || bytes >= bytesPerStep;
    if (!isFull && step.length < maxFilesPerStep) continue;
    yield step;
    step = [];
    [toRead, bytes] = [0, 0];
  }
  if (step.length > 0) yield step;
}

type Save = (manager: EntityManager, outcome: StepOutcome) => Promise<void>;

/** Reads some files of an archive and adds them to the dataset, in one transaction. */
export class ImportStep {
  constructor(
    private readonly ingest: ImageIngest,
    private readonly logger: Logger,
    private readonly dataset: Dataset,
    private readonly work: Import,
  ) {}

  /**
   * If the files cannot be added together, each is added alone, so that the one to blame is refused
   * and the others go on.
   */
  async run(files: readonly ArchiveFile[], save: Save): Promise<StepOutcome[]> {
    const { filesDone } = this.work;
    try {
      return [await this.add(files, save)];
    } catch (error) {
      // If the progress was saved, the files are not the cause. If the worker stops, another one continues.
      if (this.work.filesDone !== filesDone || isOfWorker(error)) throw error;
    }
    const outcomes: StepOutcome[] = [];
    for (const file of files) outcomes.push(await this.addAlone(file, save));
    return outcomes;
  }

  private async addAlone(file: ArchiveFile, save: Save): Promise<StepOutcome> {
    try {
      return await this.add([file], save);
    } catch (error) {
      if (isOfWorker(error)) throw error;
      this.logger.error({ err: error, importId: this.work.id }, 'a file of an import failed');
      const message = error instanceof DomainError ? error.message : notStored;
      const refusal = { fileName: file.fileName, reason: RefusalReason.NOT_STORED, message };
      return this.store([], [refusal], save);
    }
  }

  private add(files: readonly ArchiveFile[], save: Save): Promise<StepOutcome> {
    return withTemporaryFolder(async (folder) => {
      const refused: RefusalRecord[] = [];
      const incoming: IncomingFile[] = [];
      for (const [index, file] of files.entries()) {
        const path = join(folder, String(index));
        try {
          incoming.push(incomingOf(file, await file.extract(path), path, this.work));
        } catch (error) {
          if (!(error instanceof RefusedFileError)) throw error;
          refused.push({ fileName: file.fileName, reason: error.reason, message: error.message });
        }
      }
      return this.store(incoming, refused, save);
    });
  }

  private async store(
    incoming: readonly IncomingFile[],
    refused: readonly RefusalRecord[],
    save: Save,
  ): Promise<StepOutcome> {
    const outcome: StepOutcome = {
      filesDone: incoming.length + refused.length,
      incoming,
      refused,
      results: [],
    };
    await this.ingest.ingest(this.dataset, this.work.userId, incoming, (manager, results) => {
      outcome.results = results;
      return save(manager, outcome);
    });
    return outcome;
  }
}

const notStored =
  'The server could not store this file. Upload it again. If it is refused again, tell the operator: the log has the cause.';

/** Errors that concern the worker and not the file. */
const isOfWorker = (error: unknown): boolean =>
  error instanceof ProcessEndedError || error instanceof ImportGoneError || isNoSpace(error);

const isNoSpace = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOSPC';

function incomingOf(file: ArchiveFile, sha256: Buffer, path: string, work: Import): IncomingFile {
  return {
    fileName: file.fileName,
    sha256,
    localCopy: () => Promise.resolve(path),
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
