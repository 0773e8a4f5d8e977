import type { LibLabelledImageFragment } from '../../gql/operations';
import type { MutationErrorLike } from '../mutationErrors';

/** An answer from a page. */
export interface Answer {
  datasetId: string;
  image: { id: string; fileName: string; thumbnailUrl: string };
  class: { id: string; name: string };
  leaseToken?: string;
  /** The version of the image that the page shows. Without it the last write wins. */
  expectedVersion?: number;
}

/** An answer in the outbox. Its `id` is the clientMutationId, so a repeated request counts once. */
export interface LabelEntry extends Answer {
  kind: 'label';
  id: string;
  createdAt: number;
}

/** Undoes a label that was already sent. */
export interface UndoEntry {
  kind: 'undo';
  id: string;
  createdAt: number;
  /** The id of the answer to undo. */
  entryId: string;
  /** The id of its label, once the server has returned it. */
  labelId?: string;
  datasetId: string;
  image: Answer['image'];
}

export type OutboxEntry = LabelEntry | UndoEntry;

/** The server's result for an entry. */
export type Outcome =
  { labelId: string | undefined } | { error: MutationErrorLike; image?: LibLabelledImageFragment };

export interface Refusal {
  entry: OutboxEntry;
  error: MutationErrorLike;
  /** The current image, after a Conflict. */
  image?: LibLabelledImageFragment;
}

/** The server refused the request permanently. Sending it again is pointless. */
export class RequestRefused extends Error {}

/**
 * Sends entries. Both methods throw if the server cannot be reached, and RequestRefused if it
 * refuses the request.
 */
export interface OutboxTransport {
  sendLabels: (entries: LabelEntry[]) => Promise<Outcome[]>;
  sendUndo: (entry: UndoEntry & { labelId: string }) => Promise<Outcome>;
}

export interface OutboxStorage {
  load: () => OutboxEntry[];
  put: (entry: OutboxEntry) => void;
  remove: (id: string) => void;
}
