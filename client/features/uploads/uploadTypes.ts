import type { RefusalReason, UploadFileInput } from '../../gql/operations';

/** A file to upload, and its options for the API. */
export interface UploadSource {
  file: Blob;
  input: UploadFileInput;
}

/**
 * The states of a file:
 * waiting → ticketed → sending → sent → done | duplicate | refused | failed | cancelled.
 * `sent` means that the bytes have arrived and the API has not confirmed the file yet.
 */
export type UploadState =
  | 'waiting'
  | 'ticketed'
  | 'sending'
  | 'sent'
  | 'done'
  | 'duplicate'
  | 'refused'
  | 'failed'
  | 'cancelled';

export interface UploadItem extends UploadSource {
  key: number;
  state: UploadState;
  sentBytes: number;
  attempts: number;
  /** Earliest time of the next attempt, in milliseconds of the engine's clock. */
  notBefore: number;
  ticket?: Ticket;
  /** A completion request for the file is running. */
  completing?: boolean;
  reason?: RefusalReason | 'NETWORK';
  message?: string;
}

/** The address that accepts one file's bytes. */
export interface Ticket {
  id: string;
  url: string;
}

export interface UploadAnswer {
  ticketId: string;
  duplicate: boolean;
  /** Whether the file is an archive that is being unpacked. */
  archive: boolean;
  refusal?: { reason: RefusalReason; message: string };
}

/** The requests of the engine: GraphQL for tickets and completion, HTTP PUT for bytes. */
export interface UploadTransport {
  createTickets(files: UploadFileInput[]): Promise<Ticket[]>;
  put(
    ticket: Ticket,
    file: Blob,
    onProgress: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<void>;
  complete(ticketIds: string[]): Promise<UploadAnswer[]>;
}

/** A failure that a retry cannot fix. */
export class PermanentUploadError extends Error {
  constructor(
    message: string,
    readonly reason: RefusalReason | 'NETWORK' = 'NETWORK',
  ) {
    super(message);
  }
}

/** The ticket is no longer valid. The file needs a new one. */
export class TicketGoneError extends Error {}

export interface UploadOptions {
  parallel: number;
  ticketBatch: number;
  completeBatch: number;
  parallelCompletes: number;
  maxAttempts: number;
  /** Wait before the second attempt. It doubles with each further attempt. */
  backoffMs: number;
}

export const defaultUploadOptions: UploadOptions = {
  parallel: 6,
  ticketBatch: 100,
  completeBatch: 24,
  parallelCompletes: 2,
  maxAttempts: 5,
  backoffMs: 500,
};

export type EngineStatus = 'idle' | 'running' | 'paused' | 'finished';

export interface UploadSnapshot {
  status: EngineStatus;
  counts: Record<UploadState, number>;
  files: number;
  settled: number;
  bytesTotal: number;
  bytesSent: number;
  bytesPerSecond: number;
  secondsLeft: number | null;
  /** Increases when an item has changed, so that the rows are read again. */
  revision: number;
}

export const settledStates: readonly UploadState[] = [
  'done',
  'duplicate',
  'refused',
  'failed',
  'cancelled',
];
export const isSettled = (state: UploadState) => settledStates.includes(state);
