import { finished, type Readable } from 'node:stream';
import { In, IsNull, type DataSource, type EntityManager } from 'typeorm';
import { requireViewer } from '../../auth/auth.service';
import { insertRows } from '../../../database/insertRows';
import { v7 as uuid } from 'uuid';
import { lockRow } from '../../../database/rowLock';
import { ImportStatus, UploadKind } from '../../../../shared/enums';
import { limits } from '../../../../shared/limits';
import type { Viewer } from '../../../domain/viewer';
import { LimitExceededError, NotFoundError } from '../../../domain/errors';
import type { JobQueue } from '../../../jobs/jobQueue';
import { StoredObjectMissingError, type ImageStore } from '../../../storage/imageStore';
import type { Dataset } from '../../datasets/dataset.ports';
import type { DatasetService } from '../../datasets/dataset.service';
import type { EventRecorder } from '../../events/event.ports';
import { TurnQueue } from '../../../limits/turnQueue';
import { StoreFullError } from '../../../storage/diskRoom';
import { byteMeter } from '../byteMeter';
import { copyUpload } from './copyUpload';
import type { ImageIngest, IncomingFile, IngestResult } from '../imageIngest';
import { uploadKey } from '../../../storage/imageKeys';
import { Image } from '../image.entity';
import { Import } from '../imports/import.entity';
import { countOpenImports } from '../imports/import.repository';
import type { CreateUploadsInput } from './upload.input';
import type { UploadRepository } from './upload.repository';
import { UploadAllowance } from './uploadAllowance';
import { checkedFile, pendingRefusal, refuseForeign } from './uploadRules';
import { UploadTicket } from './uploadTicket.entity';
import { UploadRejectedError } from './upload.errors';

const ticketHours = 24;

export interface UploadOutcome {
  ticket: UploadTicket;
  image?: Image;
  import?: Import;
}

export interface UploadServiceParts {
  dataSource: DataSource;
  datasets: DatasetService;
  store: ImageStore;
  imageIngest: ImageIngest;
  events: EventRecorder;
  jobs: JobQueue;
  uploads: UploadRepository;
  /** What one person may have open. */
  limits: { maxTickets: number; maxBytes: number };
}

/** Handles tickets, bytes and completion. Each step can be repeated. */
export class UploadService {
  private readonly turns = TurnQueue.oneByOne();
  /** The bytes of tickets that arrive now. Each ticket receives one body at a time. */
  private readonly receiving = new Map<string, Readable>();
  private readonly allowance: UploadAllowance;

  constructor(private readonly parts: UploadServiceParts) {
    const ticketMs = ticketHours * 3_600_000;
    this.allowance = new UploadAllowance({ ...parts, ...parts.limits, ticketMs });
  }

  async createTickets(viewer: Viewer | null, input: CreateUploadsInput): Promise<UploadTicket[]> {
    const { viewer: person, dataset } = await this.parts.datasets.open(
      viewer,
      input.datasetId,
      'upload',
    );
    if (input.files.length > limits.maxTicketsPerCall)
      throw new LimitExceededError(
        'files in one call',
        limits.maxTicketsPerCall,
        input.files.length,
      );
    const expiresAt = new Date(Date.now() + ticketHours * 3_600_000);
    const tickets = input.files.map((file) =>
      this.parts.dataSource.manager.create(UploadTicket, {
        id: uuid(),
        datasetId: dataset.id,
        userId: person.id,
        ...checkedFile(file),
        expiresAt,
      }),
    );
    if (tickets.length > 0) await this.turns.run(person.id, () => this.insert(person, tickets));
    return tickets;
  }

  /** One call of a person at a time, so that together they stay within the person's allowance. */
  private async insert(person: Viewer, tickets: UploadTicket[]): Promise<void> {
    const sizes = tickets.map(({ byteSize }) => Number(byteSize));
    await this.allowance.require(person.id, sizes);
    await this.parts.dataSource.transaction((manager) =>
      insertRows(manager, UploadTicket, tickets),
    );
  }

  /** Streams the bytes of a ticket to the store. @throws UploadRejectedError, NotFoundError */
  async receive(viewer: Viewer | null, ticketId: string, body: Readable): Promise<void> {
    requireViewer(viewer);
    const ticket = await this.parts.dataSource.manager.findOneBy(UploadTicket, { id: ticketId });
    if (!ticket) throw new NotFoundError('UploadTicket', ticketId);
    const opened = await this.parts.datasets.open(viewer, ticket.datasetId, 'upload');
    refuseForeign(ticket, opened.viewer);
    if (ticket.completedAt) throw new UploadRejectedError(409, 'This upload is already complete.');
    if (ticket.expiresAt < new Date())
      throw new UploadRejectedError(410, 'This ticket has expired. Request a new one.');
    const older = this.receiving.get(ticket.id);
    older?.destroy(new UploadRejectedError(409, 'The file was sent again. This upload ends.'));
    this.receiving.set(ticket.id, body);
    try {
      await this.store(ticket, body);
    } finally {
      if (this.receiving.get(ticket.id) === body) this.receiving.delete(ticket.id);
    }
  }

  private async store(ticket: UploadTicket, body: Readable): Promise<void> {
    const expected = Number(ticket.byteSize);
    const room = await this.parts.store.room();
    if (expected > room) throw new StoreFullError(room, expected);
    const meter = byteMeter(ticket.fileName, expected);
    // A pipe does not tell its destination that the client is gone.
    finished(body, { writable: false }, (error) => {
      if (error) meter.stream.destroy(new UploadRejectedError(400, 'The connection was lost.'));
    });
    await this.parts.store.put(uploadKey(ticket.id), body.pipe(meter.stream));
    await this.parts.dataSource.manager.update(
      UploadTicket,
      { id: ticket.id },
      { sha256: meter.sha256(), receivedBytes: String(expected) },
    );
  }

  /** Turns uploaded bytes into images. Results are in the requested order. */
  async complete(viewer: Viewer | null, ids: readonly string[]): Promise<UploadOutcome[]> {
    if (ids.length > limits.maxTicketsPerCall)
      throw new LimitExceededError('tickets in one call', limits.maxTicketsPerCall, ids.length);
    const tickets = await this.ticketsOf(ids);
    for (const datasetId of new Set(tickets.map((ticket) => ticket.datasetId))) {
      const opened = await this.parts.datasets.open(viewer, datasetId, 'upload');
      for (const ticket of tickets) refuseForeign(ticket, opened.viewer);
      const open = tickets.filter(
        (ticket) => ticket.datasetId === datasetId && !ticket.completedAt,
      );
      await this.completeImages(
        opened.dataset,
        opened.viewer,
        open.filter((one) => one.kind === UploadKind.IMAGE),
      );
      for (const archive of open.filter((one) => one.kind === UploadKind.ARCHIVE))
        await this.completeArchive(opened.viewer, archive);
    }
    return this.outcomes(await this.ticketsOf(ids));
  }

  /** Deletes tickets that nobody completed, and their bytes. */
  async pruneExpired(): Promise<void> {
    const { uploads } = this.parts;
    for (const id of await uploads.findExpired()) {
      if (await uploads.isImporting(id)) continue;
      await this.parts.store.remove(uploadKey(id));
      await this.parts.dataSource.manager.delete(UploadTicket, { id });
    }
  }

  private async ticketsOf(ids: readonly string[]): Promise<UploadTicket[]> {
    const found = await this.parts.dataSource.manager.findBy(UploadTicket, { id: In([...ids]) });
    const byId = new Map(found.map((ticket) => [ticket.id, ticket]));
    return ids.map((id) => {
      const ticket = byId.get(id);
      if (!ticket) throw new NotFoundError('UploadTicket', id);
      return ticket;
    });
  }

  private async completeImages(
    dataset: Dataset,
    person: Viewer,
    tickets: readonly UploadTicket[],
  ): Promise<void> {
    const arrived = [...new Map(tickets.map((ticket) => [ticket.id, ticket])).values()];
    const { store } = this.parts;
    const files = arrived.flatMap((ticket): (IncomingFile & { ticket: UploadTicket })[] => {
      const { sha256, fileName, className, heldOut } = ticket;
      if (!sha256) return [];
      const localCopy = (path: string) => copyUpload(store, ticket.id, sha256, path);
      return [{ ticket, fileName, sha256, localCopy, className, heldOut }];
    });
    if (files.length === 0) return;
    const settle = async (manager: EntityManager, results: IngestResult[]) => {
      const completed = results.map((result, index) => ({
        id: files[index]?.ticket.id ?? '',
        imageId: result.image?.id ?? null,
        duplicate: result.duplicate,
        refusal: result.refusal ?? null,
      }));
      await this.parts.uploads.complete(manager, completed);
    };
    try {
      await this.parts.imageIngest.ingest(dataset, person.id, files, settle);
    } catch (error) {
      // Another call that completed the same tickets meanwhile has removed their bytes.
      if (!(error instanceof StoredObjectMissingError)) throw error;
      const left = await this.parts.dataSource.manager.findBy(UploadTicket, {
        id: In(files.map(({ ticket }) => ticket.id)),
        completedAt: IsNull(),
      });
      if (left.length === files.length) throw error;
      return this.completeImages(dataset, person, left);
    }
    await Promise.all(files.map(({ ticket }) => this.parts.store.remove(uploadKey(ticket.id))));
  }

  private async completeArchive(person: Viewer, ticket: UploadTicket): Promise<void> {
    if (!ticket.sha256) return;
    await this.parts.dataSource.transaction(async (manager) => {
      const locked = await lockRow(manager, UploadTicket, ticket.id);
      if (locked.completedAt) return;
      const work = manager.create(Import, {
        id: uuid(),
        datasetId: ticket.datasetId,
        userId: person.id,
        ticketId: ticket.id,
        fileName: ticket.fileName,
        status: ImportStatus.WAITING,
        labelsFromFolders: ticket.labelsFromFolders,
        heldOut: ticket.heldOut,
      });
      const behind = await countOpenImports(manager, person.id);
      await manager.insert(Import, work);
      await manager.update(
        UploadTicket,
        { id: ticket.id },
        { importId: work.id, completedAt: new Date() },
      );
      await this.parts.events.record(manager, {
        datasetId: ticket.datasetId,
        type: 'import.progressed',
        payload: { importId: work.id },
        actorId: person.id,
      });
      await this.parts.jobs.send('import', { importId: work.id }, { manager, behind });
    });
  }

  private async outcomes(tickets: readonly UploadTicket[]): Promise<UploadOutcome[]> {
    const { manager } = this.parts.dataSource;
    const images = await manager.findBy(Image, {
      id: In(tickets.flatMap((one) => one.imageId ?? [])),
    });
    const imports = await manager.findBy(Import, {
      id: In(tickets.flatMap((one) => one.importId ?? [])),
    });
    return tickets.map((ticket) => ({
      ticket: { ...ticket, refusal: ticket.refusal ?? pendingRefusal(ticket) },
      image: images.find((image) => image.id === ticket.imageId),
      import: imports.find((one) => one.id === ticket.importId),
    }));
  }
}
