import type { LibClassFragment, ReviewImageFragment } from '../../gql/operations';
import type { Lease } from '../../lib/leases/useLeaseKeeper';

/** An image to review. After an undo it may have no lease, and can still be answered. */
export interface ReviewTask {
  image: ReviewImageFragment;
  lease?: Lease;
}

export interface PastAnswer {
  labelId: string;
  image: Pick<ReviewImageFragment, 'id' | 'fileName'>;
  answer: LibClassFragment;
}

export interface ReviewState {
  /** The first is on screen. Undefined until the first lease request has returned. */
  tasks?: readonly ReviewTask[];
  /** Answers that can be undone, newest last. */
  past: readonly PastAnswer[];
}

export const initialReview: ReviewState = { past: [] };

export type ReviewAction =
  | { type: 'leased'; tasks: readonly ReviewTask[] }
  | { type: 'renewed'; leases: readonly Lease[] }
  | { type: 'lost'; tokens: readonly string[] }
  | { type: 'answered'; past: PastAnswer }
  /** The server undid the answer and returned the image as it is now. */
  | { type: 'undone'; labelId: string; image: ReviewImageFragment }
  /** The answer can no longer be undone. */
  | { type: 'final'; labelId: string }
  /** The image has changed, so its task is void. */
  | { type: 'outdated'; imageId: string };

/**
 * Applies an action. The image on screen is replaced only by an answer, by an undo, or if its task is
 * lost or outdated.
 */
export function reduceReview(state: ReviewState, action: ReviewAction): ReviewState {
  const { tasks = [], past } = state;
  switch (action.type) {
    case 'leased':
      return { ...state, tasks: leased(tasks, action.tasks) };
    case 'renewed':
      return { ...state, tasks: tasks.map((task) => renewed(task, action.leases)) };
    case 'lost':
      return {
        ...state,
        tasks: tasks.filter(({ lease }) => !lease || !action.tokens.includes(lease.leaseToken)),
      };
    case 'answered':
      return { tasks: withoutImage(tasks, action.past.image.id), past: [...past, action.past] };
    case 'undone':
      return { tasks: moveToFront(tasks, action.image), past: withoutAnswer(past, action.labelId) };
    case 'final':
      return { ...state, past: withoutAnswer(past, action.labelId) };
    case 'outdated':
      return { ...state, tasks: withoutImage(tasks, action.imageId) };
  }
}

const withoutImage = (tasks: readonly ReviewTask[], imageId: string) =>
  tasks.filter(({ image }) => image.id !== imageId);

const withoutAnswer = (past: readonly PastAnswer[], labelId: string) =>
  past.filter((one) => one.labelId !== labelId);

/** Appends new tasks. A task without a lease gets its new lease and keeps its place. */
function leased(tasks: readonly ReviewTask[], added: readonly ReviewTask[]): ReviewTask[] {
  const leaseOf = new Map(added.map(({ image, lease }) => [image.id, lease]));
  const known = new Set(tasks.map(({ image }) => image.id));
  return [
    ...tasks.map((task) => (task.lease ? task : { ...task, lease: leaseOf.get(task.image.id) })),
    ...added.filter(({ image }) => !known.has(image.id)),
  ];
}

/** Puts an image in front. It has a lease only if it was leased before the undo was confirmed. */
function moveToFront(tasks: readonly ReviewTask[], image: ReviewImageFragment): ReviewTask[] {
  const lease = tasks.find((task) => task.image.id === image.id)?.lease;
  return [{ image, lease }, ...withoutImage(tasks, image.id)];
}

function renewed(task: ReviewTask, leases: readonly Lease[]): ReviewTask {
  const lease = leases.find(({ leaseToken }) => leaseToken === task.lease?.leaseToken);
  return lease ? { ...task, lease } : task;
}
