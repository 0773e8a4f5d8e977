import type { LibTaskImageFragment, QueueReason } from '../../gql/operations';
import type { Lease } from '../../lib/leases/useLeaseKeeper';

/** An image to be asked about. Without a lease (it ran out, or was answered before) an answer still counts. */
export interface StreamTask {
  image: LibTaskImageFragment;
  lease?: Lease;
  /** Why the queue asks for it, where that may be said. */
  reason?: QueueReason;
  /** Answered without seeing what the model says of it. */
  blind?: boolean;
  /** Stands in the lane of audits, where an answer counts with a lease alone. */
  audited?: boolean;
  /** The image's version as it was read; absent once we have changed the image ourselves. */
  expectedVersion?: number;
}

export interface PastTask {
  task: StreamTask;
  /** The answer's entry in the outbox; absent for a skip. */
  entryId?: string;
  answer?: { id: string; name: string; color: string };
  at: number;
}

export interface TaskStream {
  /** The first is on screen; the others are loaded and keep their order. */
  upcoming: readonly StreamTask[];
  /** Newest last. */
  past: readonly PastTask[];
  /** Answers given and not taken back; `past` forgets, this does not. */
  answered: number;
  /** The last lease request brought nothing new. */
  exhausted: boolean;
}

export const emptyStream: TaskStream = { upcoming: [], past: [], answered: 0, exhausted: false };

export type StreamAction =
  | { type: 'leased'; tasks: readonly StreamTask[] }
  | { type: 'answered'; entryId: string; answer: NonNullable<PastTask['answer']>; at: number }
  | { type: 'skipped'; at: number }
  | { type: 'undone'; cancelled: boolean }
  | { type: 'renewed'; leases: readonly Lease[] }
  | { type: 'lost'; tokens: readonly string[] }
  | { type: 'shown'; image: LibTaskImageFragment }
  | { type: 'predicted'; images: readonly LibTaskImageFragment[] }
  | { type: 'more' };

/** How many past tasks can be undone. */
const memory = 200;

/** What becomes of the tasks. No action but an answer, a skip or an undo changes the image on screen. */
export function reduceStream(stream: TaskStream, action: StreamAction): TaskStream {
  switch (action.type) {
    case 'leased':
      return leased(stream, action.tasks);
    case 'answered':
      return moveOn(stream, { entryId: action.entryId, answer: action.answer, at: action.at });
    case 'skipped':
      return moveOn(stream, { at: action.at });
    case 'undone':
      return undone(stream, action.cancelled);
    case 'renewed':
      return { ...stream, upcoming: stream.upcoming.map((task) => renewed(task, action.leases)) };
    case 'lost':
      return lost(stream, new Set(action.tokens));
    case 'shown':
      return shown(stream, action.image);
    case 'predicted':
      return { ...stream, upcoming: predicted(stream.upcoming, action.images) };
    case 'more':
      return { ...stream, exhausted: false };
  }
}

function leased(stream: TaskStream, tasks: readonly StreamTask[]): TaskStream {
  // An audit asks again for what was skipped.
  const isDone = ({ task, entryId }: PastTask) => !task.audited || entryId !== undefined;
  const known = new Set([
    ...stream.upcoming.map(({ image }) => image.id),
    ...stream.past.filter(isDone).map(({ task }) => task.image.id),
  ]);
  const fresh = tasks.filter(({ image }) => !known.has(image.id));
  return { ...stream, upcoming: [...stream.upcoming, ...fresh], exhausted: fresh.length === 0 };
}

function moveOn(stream: TaskStream, result: Omit<PastTask, 'task'>): TaskStream {
  const [task, ...upcoming] = stream.upcoming;
  if (!task) return stream;
  return {
    ...stream,
    upcoming,
    past: [...stream.past, { task, ...result }].slice(-memory),
    answered: stream.answered + (result.entryId ? 1 : 0),
  };
}

/** An answer that was never sent leaves its lease as it was; any other has used it up. */
function undone(stream: TaskStream, cancelled: boolean): TaskStream {
  const last = stream.past.at(-1);
  if (!last) return stream;
  const { image, reason, blind, audited } = last.task;
  const task = cancelled
    ? last.task
    : { image, ...(reason && { reason }), ...(blind && { blind }) };
  // It comes back by way of its lane, with a lease.
  const again = audited && !cancelled ? [] : [task];
  return {
    ...stream,
    exhausted: stream.exhausted && again.length > 0,
    upcoming: [...again, ...stream.upcoming],
    past: stream.past.slice(0, -1),
    answered: stream.answered - (last.entryId ? 1 : 0),
  };
}

function renewed(task: StreamTask, leases: readonly Lease[]): StreamTask {
  const lease = leases.find(({ leaseToken }) => leaseToken === task.lease?.leaseToken);
  return lease ? { ...task, lease } : task;
}

/** What we no longer hold may be on another screen by now: it goes, unless it is the one being looked at. */
function lost(stream: TaskStream, tokens: ReadonlySet<string>): TaskStream {
  const isLost = ({ lease }: StreamTask) => lease !== undefined && tokens.has(lease.leaseToken);
  return {
    ...stream,
    upcoming: stream.upcoming
      .filter((task, index) => index === 0 || !isLost(task))
      .map((task) => (isLost(task) ? { ...task, lease: undefined } : task)),
  };
}

/**
 * A new model's predictions, for what has not been shown. The answers offered for the image on screen stay as they
 * are, lest a key mean something else in the moment it is pressed; only where there were none do they appear.
 */
function predicted(upcoming: TaskStream['upcoming'], images: readonly LibTaskImageFragment[]) {
  const predictions = new Map(images.map(({ id, prediction }) => [id, prediction]));
  return upcoming.map((task, index) => {
    const prediction = predictions.get(task.image.id);
    if (task.blind || !prediction || (index === 0 && task.image.prediction)) return task;
    return { ...task, image: { ...task.image, prediction } };
  });
}

function shown(stream: TaskStream, image: LibTaskImageFragment): TaskStream {
  const held = stream.upcoming.find((task) => task.image.id === image.id);
  const others = stream.upcoming.filter((task) => task !== held);
  return {
    ...stream,
    upcoming: [held ?? { image, expectedVersion: image.version }, ...others],
    past: stream.past.filter(({ task }) => task.image.id !== image.id),
  };
}
