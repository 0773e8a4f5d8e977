import { confirmGridSize } from '../../../shared/limits';
import type { LibClassFragment, LibTaskImageFragment } from '../../gql/operations';
import type { Lease } from '../../lib/leases/releaseLeases';

export interface GridTask {
  image: LibTaskImageFragment;
  lease?: Lease;
  expectedVersion?: number;
}

/** What is wrong with an image of the grid: not the predicted class, perhaps known to be another. */
export interface Mistake {
  instead?: LibClassFragment;
}

export interface PastGrid {
  tasks: readonly GridTask[];
  mistakes: ReadonlyMap<string, Mistake>;
  /** Outbox entries of the answers given, by image. */
  entryIds: ReadonlyMap<string, string>;
}

export interface ConfirmGrid {
  /** On screen. It changes only when it is confirmed, or when it is empty. */
  shown: readonly GridTask[];
  /** Leased ahead for the next grid. */
  reserve: readonly GridTask[];
  mistakes: ReadonlyMap<string, Mistake>;
  past: readonly PastGrid[];
  exhausted: boolean;
}

const memory = 20;

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
  | { type: 'reassigned'; imageId: string; instead: LibClassFragment }
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
      return marked(grid, action.imageId, { instead: action.instead });
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

const sameToken = (lease: Lease) => (other: Lease) => other.leaseToken === lease.leaseToken;

function leased(grid: ConfirmGrid, tasks: readonly GridTask[]): ConfirmGrid {
  const known = new Set(
    [...grid.shown, ...grid.reserve, ...grid.past.flatMap((past) => past.tasks)].map(
      ({ image }) => image.id,
    ),
  );
  const fresh = tasks.filter(({ image }) => !known.has(image.id));
  return deal({ ...grid, reserve: [...grid.reserve, ...fresh], exhausted: fresh.length === 0 });
}

/** An empty screen takes the next grid from the reserve; a screen that shows something is left alone. */
function deal(grid: ConfirmGrid): ConfirmGrid {
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
  return deal({ ...grid, shown: [], past: [...grid.past, past].slice(-memory) });
}

/** The last grid comes back as it was; what is on screen waits behind it. */
function undone(grid: ConfirmGrid, cancelled: ReadonlySet<string>): ConfirmGrid {
  const last = grid.past.at(-1);
  if (!last) return grid;
  return {
    ...grid,
    // An answer or skip that reached the server has used up its lease, and changed the version.
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

/** What is on screen may still be answered without its lease; the reserve is no longer ours. */
function lost(grid: ConfirmGrid, tokens: ReadonlySet<string>): ConfirmGrid {
  const isLost = ({ lease }: GridTask) => lease !== undefined && tokens.has(lease.leaseToken);
  const kept = { ...grid, reserve: grid.reserve.filter((task) => !isLost(task)) };
  return mapLeases(kept, (lease) => (tokens.has(lease.leaseToken) ? undefined : lease));
}
