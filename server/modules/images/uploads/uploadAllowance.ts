import { LimitExceededError } from '../../../domain/errors';
import { StoreFullError } from '../../../storage/diskRoom';
import type { ImageStore } from '../../../storage/imageStore';
import type { UploadRepository } from './upload.repository';

/** An announced upload stops counting if it has sent nothing for this time. */
const announcedMs = 3_600_000;

export interface UploadAllowanceParts {
  uploads: UploadRepository;
  store: ImageStore;
  ticketMs: number;
  /** Tickets that one person may have open. */
  maxTickets: number;
  /** Bytes that one person may have announced and not sent. */
  maxBytes: number;
}

/** Says how much a person may announce. */
export class UploadAllowance {
  constructor(private readonly parts: UploadAllowanceParts) {}

  /** @throws LimitExceededError, StoreFullError */
  async require(userId: string, sizes: readonly number[]): Promise<void> {
    const { uploads, store, ticketMs, maxTickets, maxBytes } = this.parts;
    const open = await uploads.openOf(userId, new Date(Date.now() + ticketMs - announcedMs));
    const tickets = open.tickets + sizes.length;
    if (tickets > maxTickets)
      throw new LimitExceededError(
        'open uploads',
        maxTickets,
        tickets,
        `You have ${open.tickets} open uploads, and the limit is ${maxTickets}. Complete them ` +
          'with completeUploads, or wait until they expire after 24 hours.',
      );
    const bytes = sizes.reduce((sum, size) => sum + size, open.bytes);
    if (bytes > maxBytes)
      throw new LimitExceededError(
        'announced bytes',
        maxBytes,
        bytes,
        `You have announced ${open.bytes} bytes that have not arrived. With these files they are ` +
          `${bytes}, and the limit is ${maxBytes}. Send the announced files first.`,
      );
    const room = await store.room();
    if (bytes > room) throw new StoreFullError(room, bytes);
  }
}
