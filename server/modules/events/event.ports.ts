import type { EntityManager } from 'typeorm';
import type { Lane } from '../../../shared/enums';
import type { Viewer } from '../../domain/viewer';

/** The payload of each kind of event: ids, never copies, so that a reader sees the latest state. */
export interface EventPayloads {
  'images.stored': { imageIds: string[]; count: number };
  'images.embedded': { count: number };
  'predictions.updated': { runId: string; count: number };
  'queue.ordered': { count: number };
  'lane.changed': { lane: Lane };
  'label.recorded': { labelId: string; imageId: string };
  'label.undone': { labelId: string; imageId: string };
  'run.progressed': { runId: string };
  'run.published': { runId: string };
  'run.ended': { runId: string };
  'dataset.changed': Record<string, never>;
  'backbone.progressed': Record<string, never>;
  'classes.changed': Record<string, never>;
  'import.progressed': { importId: string };
  'certificate.changed': { certificateId: string };
}
export type EventType = keyof EventPayloads;

export interface EventRecord<T extends EventType = EventType> {
  position: Position;
  datasetId: string;
  type: T;
  payload: EventPayloads[T];
  actorId: string | null;
  occurredAt: Date;
}

/**
 * Place in commit order: the id of the writing transaction, then that of the row. Both can exceed
 * 2^53.
 */
export interface Position {
  tx: bigint;
  id: bigint;
}

export const isAfter = (a: Position, b: Position) => a.tx > b.tx || (a.tx === b.tx && a.id > b.id);

export const toCursor = ({ tx, id }: Position) => Buffer.from(`${tx}:${id}`).toString('base64url');

/** The longest cursor: 20 digits, a colon and 19 digits, as base64. */
const maxCursorLength = 56;
/** The largest value of PostgreSQL's xid8, and of its bigint. */
const maxTx = 2n ** 64n - 1n;
const maxId = 2n ** 63n - 1n;

/** Undefined for a text that is not a cursor, or whose numbers the database cannot hold. */
export function fromCursor(cursor: string): Position | undefined {
  if (cursor.length > maxCursorLength) return undefined;
  const match = /^(\d{1,20}):(\d{1,19})$/.exec(Buffer.from(cursor, 'base64url').toString());
  if (!match?.[1] || !match[2]) return undefined;
  const position = { tx: BigInt(match[1]), id: BigInt(match[2]) };
  return position.tx <= maxTx && position.id <= maxId ? position : undefined;
}

export type NewEvent<T extends EventType> = Pick<
  EventRecord<T>,
  'datasetId' | 'type' | 'payload'
> & {
  /** The person who did it. Null for a job. */
  actorId?: string | null;
};

/** Writes an event in the transaction of the change that it reports. */
export interface EventRecorder {
  record<T extends EventType>(manager: EntityManager, event: NewEvent<T>): Promise<void>;
}

/** Knows how far the events can be read. */
export interface EventPositions {
  /** Every event before this position is readable now. Every later event comes after it. */
  now(): Promise<Position>;
}

/** Follows the events of one dataset. */
export interface EventFeed {
  /** Starts at now. `onStalled` is called when the reader stopped reading. */
  subscribe(
    datasetId: string,
    options: { onStalled?: () => void },
  ): AsyncIterableIterator<EventRecord>;
}

/** Decides who may read the events of a dataset. */
export interface EventAccess {
  /** @throws NotFoundError, UnauthenticatedError, ForbiddenError */
  open(
    viewer: Viewer | null,
    datasetId: string,
    action: 'view',
  ): Promise<{ dataset: { id: string } }>;
  /** Asked again for every event. */
  mayView(viewer: Viewer | null, datasetId: string): boolean;
}
