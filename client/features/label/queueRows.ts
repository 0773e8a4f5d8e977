import type { LabelQueueImageFragment } from '../../gql/operations';
import type { TaskStream } from './taskStream';

export type QueueImage = Omit<LabelQueueImageFragment, 'leasedBy' | 'consensus' | 'version'>;

export interface QueueRow {
  image: QueueImage;
  /** `now`: on screen. `next`: leased to the viewer and loaded. `queued`: in the shared queue. */
  place: 'now' | 'next' | 'queued';
  /** Other people who hold a lease on the image. */
  leasedBy: { id: string; name: string }[];
}

export interface QueueRowsInput {
  stream: TaskStream;
  queue: readonly LabelQueueImageFragment[];
  viewerId: string;
  length: number;
}

/**
 * The queue as one person sees it: first the leased tasks in the order in which they are shown, then
 * the shared queue in the server's order. A new model reorders only the shared queue.
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
