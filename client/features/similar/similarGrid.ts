import type { SimilarImagesQuery } from '../../gql/operations';

/** An image of the search result with its similarity to the examples. */
export type SimilarImage = NonNullable<SimilarImagesQuery['similarImages']>[number];

/** Answers that were given together and are undone together. */
interface Batch {
  /** Outbox entries by image id. */
  entryIds: ReadonlyMap<string, string>;
}

export interface SimilarGrid {
  /** Unlabelled images with at least this similarity are selected. */
  cutOff: number;
  /** Selections and deselections by hand, by image id. They override the cut-off. */
  manual: ReadonlyMap<string, boolean>;
  past: readonly Batch[];
}

export type GridAction =
  | { type: 'cutOffChanged'; cutOff: number }
  | { type: 'toggled'; image: SimilarImage }
  | { type: 'labelled'; entryIds: ReadonlyMap<string, string> }
  | { type: 'undone' };

export const startGrid = (cutOff: number): SimilarGrid => ({
  cutOff,
  manual: new Map(),
  past: [],
});

/** Whether an image is selected. An image answered here is not, except by an undo or by hand. */
export function isSelected(
  { cutOff, manual, past }: SimilarGrid,
  { image, similarity }: SimilarImage,
) {
  const selected = manual.get(image.id);
  if (selected !== undefined) return selected;
  const answered = past.some(({ entryIds }) => entryIds.has(image.id));
  return !answered && image.consensus === null && similarity >= cutOff;
}

export function reduceGrid(grid: SimilarGrid, action: GridAction): SimilarGrid {
  switch (action.type) {
    case 'cutOffChanged':
      return { ...grid, cutOff: action.cutOff };
    case 'toggled': {
      const manual = new Map(grid.manual);
      manual.set(action.image.image.id, !isSelected(grid, action.image));
      return { ...grid, manual };
    }
    case 'labelled': {
      const { entryIds } = action;
      // Answered images lose their manual selection. Manually deselected images stay deselected.
      const manual = new Map([...grid.manual].filter(([id]) => !entryIds.has(id)));
      return { ...grid, manual, past: [...grid.past, { entryIds }] };
    }
    case 'undone': {
      const last = grid.past.at(-1);
      if (!last) return grid;
      // They were selected before, so they are selected again even if the cut-off has changed.
      const manual = new Map(grid.manual);
      for (const id of last.entryIds.keys()) manual.set(id, true);
      return { ...grid, manual, past: grid.past.slice(0, -1) };
    }
  }
}
