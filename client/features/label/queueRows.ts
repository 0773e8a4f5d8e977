import type { LabelQueueImageFragment } from '../../gql/operations';
import type { TaskStream } from './taskStream';

export type QueueImage = Omit<LabelQueueImageFragment, 'leasedBy' | 'consensus' | 'version'>;

export interface QueueRow {
  image: QueueImage;
  /** On screen now; leased to the viewer and loaded; in the queue of everybody. */
  place: 'now' | 'next' | 'queued';
  /** Others who hold a lease on it. */
  leasedBy: { id: string; name: string }[];
}

export interface QueueRowsInput {
  stream: TaskStream;
  queue: readonly LabelQueueImageFragment[];
  viewerId: string;
  length: number;
}

/**
 * The queue as one person sees it: first what this person has been given, in the order in which it will be shown,
 * whatever a new model thinks of it; behind it the server's order. Only the latter ever moves.
 */
export function queueRows({ stream, queue, viewerId, length }: QueueRowsInput): QueueRow[] {
  const mine = stream.upcoming.map<QueueRow>(({ image }, index) => ({
    image,
    place: index === 0 ? 'now' : 'next',
    leasedBy: [],
  }));
  const settled = new Set([
    ...stream.upcoming.map(({ image }) => image.id),
    ...stream.past.map(({ task }) => task.image.id),
  ]);
  const others = queue
    .filter(({ id, consensus }) => !consensus && !settled.has(id))
    .map<QueueRow>((image) => ({
      image,
      place: 'queued',
      leasedBy: image.leasedBy.filter(({ id }) => id !== viewerId),
    }));
  return [...mine, ...others].slice(0, length);
}
