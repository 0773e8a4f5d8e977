import type { LibClassFragment, ReviewImageFragment } from '../../gql/operations';
import type { Lease } from '../../lib/leases/useLeaseKeeper';

/** An image to be looked at again. What was taken back may come without a lease, and can be answered all the same. */
export interface ReviewTask {
  image: ReviewImageFragment;
  lease?: Lease;
}

export interface PastAnswer {
  labelId: string;
  image: Pick<ReviewImageFragment, 'id' | 'fileName'>;
  answer: LibClassFragment;
}

export interface ReviewDesk {
  /** The first is on screen; undefined until the first lease request was answered. */
  tasks?: readonly ReviewTask[];
  /** What can be taken back, newest last. */
  past: readonly PastAnswer[];
}

export const emptyDesk: ReviewDesk = { past: [] };

export type DeskAction =
  | { type: 'leased'; tasks: readonly ReviewTask[] }
  | { type: 'renewed'; leases: readonly Lease[] }
  | { type: 'lost'; tokens: readonly string[] }
  | { type: 'answered'; past: PastAnswer }
  /** The server took it back, and says what the image is now. */
  | { type: 'undone'; labelId: string; image: ReviewImageFragment }
  /** It cannot be taken back any more. */
  | { type: 'final'; labelId: string }
  /** The image is no longer what the task was about. */
  | { type: 'outdated'; imageId: string };

/** What becomes of the tasks. What is taken back comes in front; nothing else changes the image on screen but an answer. */
export function reduceDesk(desk: ReviewDesk, action: DeskAction): ReviewDesk {
  const { tasks = [], past } = desk;
  switch (action.type) {
    case 'leased':
      return { ...desk, tasks: leased(tasks, action.tasks) };
    case 'renewed':
      return { ...desk, tasks: tasks.map((task) => renewed(task, action.leases)) };
    case 'lost':
      return {
        ...desk,
        tasks: tasks.filter(({ lease }) => !lease || !action.tokens.includes(lease.leaseToken)),
      };
    case 'answered':
      return { tasks: without(tasks, action.past.image.id), past: [...past, action.past] };
    case 'undone':
      return { tasks: inFront(tasks, action.image), past: forget(past, action.labelId) };
    case 'final':
      return { ...desk, past: forget(past, action.labelId) };
    case 'outdated':
      return { ...desk, tasks: without(tasks, action.imageId) };
  }
}

const without = (tasks: readonly ReviewTask[], imageId: string) =>
  tasks.filter(({ image }) => image.id !== imageId);

const forget = (past: readonly PastAnswer[], labelId: string) =>
  past.filter((one) => one.labelId !== labelId);

/** New ones stand behind; one that came back without a lease gets it, where it stands. */
function leased(tasks: readonly ReviewTask[], found: readonly ReviewTask[]): ReviewTask[] {
  const leaseOf = new Map(found.map(({ image, lease }) => [image.id, lease]));
  const known = new Set(tasks.map(({ image }) => image.id));
  return [
    ...tasks.map((task) => (task.lease ? task : { ...task, lease: leaseOf.get(task.image.id) })),
    ...found.filter(({ image }) => !known.has(image.id)),
  ];
}

/** Its lease is used up, unless the page was lent it anew before it heard that the answer is taken back. */
function inFront(tasks: readonly ReviewTask[], image: ReviewImageFragment): ReviewTask[] {
  const lease = tasks.find((task) => task.image.id === image.id)?.lease;
  return [{ image, lease }, ...without(tasks, image.id)];
}

function renewed(task: ReviewTask, leases: readonly Lease[]): ReviewTask {
  const lease = leases.find(({ leaseToken }) => leaseToken === task.lease?.leaseToken);
  return lease ? { ...task, lease } : task;
}
