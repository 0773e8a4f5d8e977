import type { LibLabelledImageFragment } from '../../gql/operations';
import type { MutationErrorLike } from '../mutationErrors';

/** An answer as a page gives it. */
export interface Answer {
  datasetId: string;
  image: { id: string; fileName: string; thumbnailUrl: string };
  class: { id: string; name: string };
  leaseToken?: string;
  /** The image's version as it was read; without it the last write wins. */
  expectedVersion?: number;
}

/** `id` is the clientMutationId: sent again after a failure, it counts once. */
export interface LabelEntry extends Answer {
  kind: 'label';
  id: string;
  createdAt: number;
}

/** Takes a label back that has been sent already. */
export interface UndoEntry {
  kind: 'undo';
  id: string;
  createdAt: number;
  /** The entry to take back, and, once the server has told it, its label. */
  entryId: string;
  labelId?: string;
  datasetId: string;
  image: Answer['image'];
}

export type OutboxEntry = LabelEntry | UndoEntry;

/** What the server made of an entry. */
export type Outcome =
  { labelId: string | undefined } | { error: MutationErrorLike; image?: LibLabelledImageFragment };

export interface Refusal {
  entry: OutboxEntry;
  error: MutationErrorLike;
  /** What the image is now, after a Conflict. */
  image?: LibLabelledImageFragment;
}

/**
 * The server answered and will not take the request, now or later: sending it again is pointless.
 */
export class RequestRefused extends Error {}

/**
 * The way out; both throw when the server cannot be reached, and RequestRefused when it says no to
 * the whole.
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
