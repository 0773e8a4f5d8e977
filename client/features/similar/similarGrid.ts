import type { SimilarFoundQuery } from '../../gql/operations';

export type Found = NonNullable<SimilarFoundQuery['similarImages']>[number];

/** Answers that were given together, and are taken back together. */
interface Batch {
  /** Outbox entries by image. */
  entryIds: ReadonlyMap<string, string>;
}

export interface SimilarGrid {
  /** Images at least so similar are chosen, unless they are labelled already. */
  cut: number;
  /** Images that somebody chose, or not, by hand. */
  byHand: ReadonlyMap<string, boolean>;
  past: readonly Batch[];
}

export type GridAction =
  | { type: 'cut'; cut: number }
  | { type: 'toggled'; image: Found }
  | { type: 'labelled'; entryIds: ReadonlyMap<string, string> }
  | { type: 'undone' };

export const startGrid = (cut: number): SimilarGrid => ({ cut, byHand: new Map(), past: [] });

/** Whether an image would be labelled. One that was answered here is chosen again only after an undo, or by hand. */
export function isChosen({ cut, byHand, past }: SimilarGrid, { image, similarity }: Found) {
  const chosen = byHand.get(image.id);
  if (chosen !== undefined) return chosen;
  const answered = past.some(({ entryIds }) => entryIds.has(image.id));
  return !answered && image.consensus === null && similarity >= cut;
}

export function reduceGrid(grid: SimilarGrid, action: GridAction): SimilarGrid {
  switch (action.type) {
    case 'cut':
      return { ...grid, cut: action.cut };
    case 'toggled': {
      const byHand = new Map(grid.byHand);
      byHand.set(action.image.image.id, !isChosen(grid, action.image));
      return { ...grid, byHand };
    }
    case 'labelled': {
      const { entryIds } = action;
      // What was chosen by hand is answered now; what was left out by hand stays out.
      const byHand = new Map([...grid.byHand].filter(([id]) => !entryIds.has(id)));
      return { ...grid, byHand, past: [...grid.past, { entryIds }] };
    }
    case 'undone': {
      const last = grid.past.at(-1);
      if (!last) return grid;
      // Chosen again whatever the cut-off is by now: that is how they stood.
      const byHand = new Map(grid.byHand);
      for (const id of last.entryIds.keys()) byHand.set(id, true);
      return { ...grid, byHand, past: grid.past.slice(0, -1) };
    }
  }
}
