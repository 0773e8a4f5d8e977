import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { DataSource, EntityManager } from 'typeorm';
import { ImportStatus } from '../../../../shared/enums';
import { isLostConnection } from '../../../database/lostConnection';
import type { HeldWork } from '../../../jobs/heldWork';
import type { JobQueue } from '../../../jobs/jobQueue';
import type { ImageStore } from '../../../storage/imageStore';
import type { DatasetReader } from '../../datasets/dataset.ports';
import type { EventRecorder } from '../../events/event.ports';
import { StoreFullError } from '../../../storage/diskRoom';
import { openArchive, type Archive } from './archive';
import type { ImageIngest } from '../imageIngest';
import { uploadKey } from '../../../storage/imageKeys';
import type { Import } from './import.entity';
import { countOpenImports, type ImportRepository } from './import.repository';
import { endedDecoders, progressOf } from './importProgress';
import { ImportGoneError, ImportStep, stepsOf } from './importSteps';
import { RefusedFileError } from '../refusedFile';

/** Workers that may end without progress before an import has failed. */
const maxAttempts = 2;
/** Files of one archive that may end their decoder before the import has failed. */
const maxEndedDecoders = 20;
/** An import ends its turn after this time if another one waits. */
const turnMs = 3_000;
const retryMs = 1_000;

export interface ImportJobsParts {
  dataSource: DataSource;
  datasets: DatasetReader;
  imports: ImportRepository;
  store: ImageStore;
  imageIngest: ImageIngest;
  events: EventRecorder;
  jobs: JobQueue;
  logger: Logger;
  workerId: string;
  held: HeldWork;
}

/**
 * Unpacks archives step by step. Each step commits with its progress, so a restart continues there.
 * An import ends as done, failed with a reason, or cancelled by a person.
 */
export class ImportJobs {
  constructor(private readonly parts: ImportJobsParts) {}

  run({ importId }: { importId: string }, signal: AbortSignal): Promise<void> {
    return this.parts.held.during('import', importId, () => this.unpackOne(importId, signal));
  }

  private async unpackOne(importId: string, signal: AbortSignal): Promise<void> {
    const work = await this.parts.imports.claim(importId, this.parts.workerId);
    if (!work) return;
    try {
      if (work.attempts > maxAttempts) await this.fail(work, tooManyAttempts(work));
      else if (!(await this.read(work, signal))) return;
    } catch (error) {
      if (!(error instanceof ImportGoneError)) return await this.afterError(work, error, signal);
    }
    await this.parts.store.remove(uploadKey(work.ticketId));
  }

  /** @returns whether the import is over, and not only its turn */
  private async read(work: Import, signal: AbortSignal): Promise<boolean> {
    const local = await this.parts.store.localFile(uploadKey(work.ticketId));
    try {
      const archive = await openArchive(local.path);
      try {
        return await this.unpack(work, archive, signal);
      } finally {
        archive.close();
      }
    } finally {
      await local.release();
    }
  }

  private async unpack(work: Import, archive: Archive, signal: AbortSignal): Promise<boolean> {
    const { dataSource, datasets, imports, imageIngest, logger } = this.parts;
    const dataset = await datasets.get(dataSource.manager, work.datasetId);
    await this.save(dataSource.manager, work, { filesTotal: archive.fileCount });
    const step = new ImportStep(imageIngest, logger, dataset, work);
    const begun = Date.now();
    let ended = 0;
    for await (const files of stepsOf(archive.files(work.filesDone))) {
      if (signal.aborted) return this.release(work, { attempts: 0 });
      if (Date.now() - begun > turnMs && (await imports.othersWait(work.id)))
        return this.endTurn(work);
      const result = await step.run(files, (manager, outcome) =>
        this.save(manager, work, { ...progressOf(work, outcome), attempts: 0 }),
      );
      ended += endedDecoders(result);
      if (ended >= maxEndedDecoders) return this.fail(work, tooManyEnded(ended));
    }
    await this.save(dataSource.manager, work, { status: ImportStatus.DONE });
    return true;
  }

  /** The import continues where it is when the imports that wait have had their turn. */
  private async endTurn(work: Import): Promise<boolean> {
    const { dataSource, jobs } = this.parts;
    await this.release(work, { attempts: 0 });
    const behind = await countOpenImports(dataSource.manager, work.userId);
    await jobs.send('import', { importId: work.id }, { behind });
    return false;
  }

  private async release(work: Import, changes: Partial<Import>): Promise<boolean> {
    const { imports, dataSource } = this.parts;
    const waiting = { status: ImportStatus.WAITING, workerId: null };
    await imports.change(dataSource.manager, work, { ...waiting, ...changes });
    return false;
  }

  private async fail(work: Import, failure: string): Promise<boolean> {
    const { manager } = this.parts.dataSource;
    await this.save(manager, work, { status: ImportStatus.FAILED, failure });
    return true;
  }

  /**
   * A fault of the archive ends the import. After any other error it is tried once more. If the
   * database cannot be reached, this waits for it. Otherwise the import would stay in RUNNING.
   */
  private async afterError(work: Import, error: unknown, signal: AbortSignal): Promise<void> {
    // An attempt that lost the database says nothing about the archive.
    const isLost = isLostConnection(error);
    const isOver = isExpected(error) || (!isLost && work.attempts >= maxAttempts);
    const write = async () => {
      if (signal.aborted && !isExpected(error)) return this.release(work, { attempts: 0 });
      if (!isOver) return this.release(work, isLost ? { attempts: work.attempts - 1 } : {});
      const failure = isExpected(error) ? error.message : failedTwice(work);
      await this.fail(work, failure);
      await this.parts.store.remove(uploadKey(work.ticketId));
      return true;
    };
    for (;;) {
      try {
        await write();
        break;
      } catch (again) {
        if (again instanceof ImportGoneError) break;
        // A worker that ends is silent from now on, so another one takes the import over.
        if (signal.aborted) throw again;
        await delay(retryMs);
      }
    }
    if (!isExpected(error) && !signal.aborted) throw error;
  }

  private async save(
    manager: EntityManager,
    work: Import,
    changes: Partial<Import>,
  ): Promise<void> {
    if (!(await this.parts.imports.change(manager, work, changes))) throw new ImportGoneError();
    await this.parts.events.record(manager, {
      datasetId: work.datasetId,
      type: 'import.progressed',
      payload: { importId: work.id },
      actorId: work.userId,
    });
    Object.assign(work, changes);
  }
}

/** What the person can change. Anything else is the server's fault, and is tried once more. */
const isExpected = (error: unknown): error is RefusedFileError | StoreFullError =>
  error instanceof RefusedFileError || error instanceof StoreFullError;

const soFar = ({ filesDone, filesTotal }: Import) =>
  `after ${filesDone} of ${filesTotal} files. What was read is kept. `;

const tooManyAttempts = (work: Import) =>
  `Reading this archive ended the worker ${maxAttempts} times, ${soFar(work)}` +
  'Split the archive, and upload the files after that place one by one.';

const failedTwice = (work: Import) =>
  `The server could not go on with this archive, ${soFar(work)}` +
  'Upload it again to continue. If it fails again, tell the operator: the log has the cause.';

const tooManyEnded = (count: number) =>
  `${count} files of this archive took too long or ended their decoder, so the rest was not read. ` +
  'The refused files are listed. Remove them, then upload the archive again.';
