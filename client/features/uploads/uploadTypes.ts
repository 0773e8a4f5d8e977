import type { RefusalReason, UploadFileInput } from '../../gql/operations';

/** One file on its way: what the person chose, and how the API should take it. */
export interface UploadSource {
  file: Blob;
  input: UploadFileInput;
}

/**
 * waiting → ticketed → sending → sent → done | duplicate | refused | failed | cancelled.
 * `sent` means the bytes arrived but the API has not answered for them yet.
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
  /** Milliseconds on the engine's clock before which it is not tried again. */
  notBefore: number;
  ticket?: Ticket;
  /** A completion that names it is under way. */
  completing?: boolean;
  reason?: RefusalReason | 'NETWORK';
  message?: string;
}

/** A place to put one file's bytes. */
export interface Ticket {
  id: string;
  url: string;
}

export interface UploadAnswer {
  ticketId: string;
  duplicate: boolean;
  /** True when an archive was accepted and is being unpacked. */
  archive: boolean;
  refusal?: { reason: RefusalReason; message: string };
}

/** The outside world of the engine: GraphQL for tickets and completion, HTTP PUT for bytes. */
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

/** A failure that trying again cannot mend. */
export class PermanentUploadError extends Error {
  constructor(
    message: string,
    readonly reason: RefusalReason | 'NETWORK' = 'NETWORK',
  ) {
    super(message);
  }
}

/** The ticket is no longer good; the file needs a new one. */
export class TicketGoneError extends Error {}

export interface UploadOptions {
  parallel: number;
  ticketBatch: number;
  completeBatch: number;
  parallelCompletes: number;
  maxAttempts: number;
  /** Wait before the second attempt; doubles with each further one. */
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
  /** Changes whenever any item changed: rows are read afresh then. */
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
