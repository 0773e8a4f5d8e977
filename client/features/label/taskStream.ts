import type { LibTaskImageFragment, QueueReason } from '../../gql/operations';
import type { Lease } from '../../lib/leases/useLeaseKeeper';

/**
 * An image to label. The lease is missing after it expired or an answer used it up. An answer
 * without a lease is still recorded.
 */
export interface StreamTask {
  image: LibTaskImageFragment;
  lease?: Lease;
  /** Why the queue chose this image; absent on a blind task. */
  reason?: QueueReason;
  /** The prediction stays hidden. */
  blind?: boolean;
  /** The task belongs to the audit lane, where only an answer with a lease counts. */
  isAudit?: boolean;
  /** The image's version when it was loaded; absent after this page has changed the image. */
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
  /** The first is on screen. The others are loaded and keep their order. */
  upcoming: readonly StreamTask[];
  /** Newest last, limited to `maxUndoSteps`. */
  past: readonly PastTask[];
  /** Number of answers given and not undone. Unlike `past`, it has no limit. */
  answered: number;
  /** The last lease request returned no new task. */
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
const maxUndoSteps = 200;

/**
 * Applies an action to the tasks. Only an answer, a skip, an undo or an image opened by its address
 * replaces the image on screen.
 */
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
  // An audit offers a skipped image again.
  const isDone = ({ task, entryId }: PastTask) => !task.isAudit || entryId !== undefined;
  const known = new Set([
    ...stream.upcoming.map(({ image }) => image.id),
    ...stream.past.filter(isDone).map(({ task }) => task.image.id),
  ]);
  const added = tasks.filter(({ image }) => !known.has(image.id));
  return { ...stream, upcoming: [...stream.upcoming, ...added], exhausted: added.length === 0 };
}

function moveOn(stream: TaskStream, result: Omit<PastTask, 'task'>): TaskStream {
  const [task, ...upcoming] = stream.upcoming;
  if (!task) return stream;
  return {
    ...stream,
    upcoming,
    past: [...stream.past, { task, ...result }].slice(-maxUndoSteps),
    answered: stream.answered + (result.entryId ? 1 : 0),
  };
}

/** A cancelled answer was never sent, so its lease is still valid. A sent answer has used it up. */
function undone(stream: TaskStream, cancelled: boolean): TaskStream {
  const last = stream.past.at(-1);
  if (!last) return stream;
  const { image, reason, blind, isAudit } = last.task;
  const task = cancelled
    ? last.task
    : { image, ...(reason && { reason }), ...(blind && { blind }) };
  // The audit lane leases the image again, because its answer needs a lease.
  const restored = isAudit && !cancelled ? [] : [task];
  return {
    ...stream,
    exhausted: stream.exhausted && restored.length > 0,
    upcoming: [...restored, ...stream.upcoming],
    past: stream.past.slice(0, -1),
    answered: stream.answered - (last.entryId ? 1 : 0),
  };
}

function renewed(task: StreamTask, leases: readonly Lease[]): StreamTask {
  const lease = leases.find(({ leaseToken }) => leaseToken === task.lease?.leaseToken);
  return lease ? { ...task, lease } : task;
}

/** Somebody else may have these images now. They are removed, except the one on screen. */
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
 * Applies a new model's predictions to the tasks that were not shown yet. The image on screen keeps
 * its predictions, so that no key changes its meaning while it is pressed. It gets new predictions
 * only if it had none.
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
