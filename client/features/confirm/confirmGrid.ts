import { confirmGridSize } from '../../../shared/limits';
import type { LibClassFragment, LibTaskImageFragment } from '../../gql/operations';
import type { Lease } from '../../lib/leases/releaseLeases';

export interface GridTask {
  image: LibTaskImageFragment;
  lease?: Lease;
  expectedVersion?: number;
}

/** Marks an image that is not of the predicted class. */
export interface Mistake {
  /** Absent while nobody has chosen it. */
  correctClass?: LibClassFragment;
}

export interface PastGrid {
  tasks: readonly GridTask[];
  mistakes: ReadonlyMap<string, Mistake>;
  /** Outbox entries of the answers, by image id. */
  entryIds: ReadonlyMap<string, string>;
}

export interface ConfirmGrid {
  /** The tasks on screen. They change only by a confirmation or an undo, or when there are none. */
  shown: readonly GridTask[];
  /** Leased ahead for the next grid. */
  reserve: readonly GridTask[];
  mistakes: ReadonlyMap<string, Mistake>;
  past: readonly PastGrid[];
  exhausted: boolean;
}

/** How many grids can be undone. */
const maxUndoSteps = 20;

export const emptyGrid: ConfirmGrid = {
  shown: [],
  reserve: [],
  mistakes: new Map(),
  past: [],
  exhausted: false,
};

export type GridAction =
  | { type: 'leased'; tasks: readonly GridTask[] }
  | { type: 'toggled'; imageId: string }
  | { type: 'reassigned'; imageId: string; correctClass: LibClassFragment }
  | { type: 'confirmed'; entryIds: ReadonlyMap<string, string> }
  | { type: 'undone'; cancelled: ReadonlySet<string> }
  | { type: 'renewed'; leases: readonly Lease[] }
  | { type: 'lost'; tokens: readonly string[] }
  | { type: 'reserveDropped' }
  | { type: 'more' };

export function reduceGrid(grid: ConfirmGrid, action: GridAction): ConfirmGrid {
  switch (action.type) {
    case 'leased':
      return leased(grid, action.tasks);
    case 'toggled':
      return marked(grid, action.imageId, grid.mistakes.has(action.imageId) ? undefined : {});
    case 'reassigned':
      return marked(grid, action.imageId, { correctClass: action.correctClass });
    case 'confirmed':
      return confirmed(grid, action.entryIds);
    case 'undone':
      return undone(grid, action.cancelled);
    case 'renewed':
      return mapLeases(grid, (lease) => action.leases.find(sameToken(lease)) ?? lease);
    case 'lost':
      return lost(grid, new Set(action.tokens));
    case 'reserveDropped':
      return { ...grid, reserve: [], exhausted: false };
    case 'more':
      return { ...grid, exhausted: false };
  }
}

/** What a confirmation does with the images on screen. */
export interface GridAnswers {
  /** Images with the class that they get. */
  answered: readonly { task: GridTask; picked: LibClassFragment }[];
  /** Marked images without a correct class. */
  skipped: readonly GridTask[];
}

export function answersOf(
  { shown, mistakes }: Pick<ConfirmGrid, 'shown' | 'mistakes'>,
  predicted: LibClassFragment,
): GridAnswers {
  const pickedFor = ({ image }: GridTask) => {
    const mistake = mistakes.get(image.id);
    return mistake ? mistake.correctClass : predicted;
  };
  return {
    answered: shown.flatMap((task) => {
      const picked = pickedFor(task);
      return picked ? [{ task, picked }] : [];
    }),
    skipped: shown.filter((task) => !pickedFor(task)),
  };
}

const sameToken = (lease: Lease) => (other: Lease) => other.leaseToken === lease.leaseToken;

function leased(grid: ConfirmGrid, tasks: readonly GridTask[]): ConfirmGrid {
  const known = new Set(
    [...grid.shown, ...grid.reserve, ...grid.past.flatMap((past) => past.tasks)].map(
      ({ image }) => image.id,
    ),
  );
  const added = tasks.filter(({ image }) => !known.has(image.id));
  const reserve = [...grid.reserve, ...added];
  return fillScreen({ ...grid, reserve, exhausted: added.length === 0 });
}

/** Shows the next grid from the reserve if the screen is empty. */
function fillScreen(grid: ConfirmGrid): ConfirmGrid {
  if (grid.shown.length) return grid;
  return {
    ...grid,
    shown: grid.reserve.slice(0, confirmGridSize),
    reserve: grid.reserve.slice(confirmGridSize),
    mistakes: new Map(),
  };
}

function marked(grid: ConfirmGrid, imageId: string, mistake: Mistake | undefined): ConfirmGrid {
  const mistakes = new Map(grid.mistakes);
  if (mistake) mistakes.set(imageId, mistake);
  else mistakes.delete(imageId);
  return { ...grid, mistakes };
}

function confirmed(grid: ConfirmGrid, entryIds: ReadonlyMap<string, string>): ConfirmGrid {
  const past = { tasks: grid.shown, mistakes: grid.mistakes, entryIds };
  return fillScreen({ ...grid, shown: [], past: [...grid.past, past].slice(-maxUndoSteps) });
}

/** Restores the last grid. The grid on screen moves to the reserve. */
function undone(grid: ConfirmGrid, cancelled: ReadonlySet<string>): ConfirmGrid {
  const last = grid.past.at(-1);
  if (!last) return grid;
  return {
    ...grid,
    // An answer or skip that reached the server has used up its lease and changed the version.
    shown: last.tasks.map((task) => (cancelled.has(task.image.id) ? task : { image: task.image })),
    mistakes: last.mistakes,
    reserve: [...grid.shown, ...grid.reserve],
    past: grid.past.slice(0, -1),
  };
}

function mapLeases(grid: ConfirmGrid, change: (lease: Lease) => Lease | undefined): ConfirmGrid {
  const update = (task: GridTask) => ({ ...task, lease: task.lease && change(task.lease) });
  return { ...grid, shown: grid.shown.map(update), reserve: grid.reserve.map(update) };
}

/** Removes lost tasks from the reserve. Those on screen can still be answered without a lease. */
function lost(grid: ConfirmGrid, tokens: ReadonlySet<string>): ConfirmGrid {
  const isLost = ({ lease }: GridTask) => lease !== undefined && tokens.has(lease.leaseToken);
  const remaining = { ...grid, reserve: grid.reserve.filter((task) => !isLost(task)) };
  return mapLeases(remaining, (lease) => (tokens.has(lease.leaseToken) ? undefined : lease));
}
