interface GridClass {
  id: string;
  name: string;
  color: string;
  /** Place in the dataset's order. */
  position: number;
}

interface Confusion {
  count: number;
  class: GridClass;
  predictedClass: GridClass;
}

/** How many labels of the class of `row` were predicted as the class of `column`; 1 or more. */
export interface ConfusionCell {
  row: number;
  column: number;
  count: number;
}

export interface ConfusionGrid {
  /** Of the rows and of the columns alike: every class that was labelled or predicted, in the dataset's order. */
  classes: readonly GridClass[];
  /** Judged labels per row. */
  totals: readonly number[];
  /** The cells that are not 0, row by row from the left. */
  cells: readonly ConfusionCell[];
  /** Of row and column: as in `cells`, or undefined where it is 0. */
  at: (row: number, column: number) => ConfusionCell | undefined;
}

/** Lays the cells of a run out as a matrix: labelled classes down, predicted ones across. */
export function confusionGrid(confusions: readonly Confusion[]): ConfusionGrid {
  const byId = new Map(
    confusions.flatMap((each) => [each.class, each.predictedClass]).map((one) => [one.id, one]),
  );
  const classes = [...byId.values()].sort(
    (a, b) => a.position - b.position || a.name.localeCompare(b.name),
  );
  const placeOf = new Map(classes.map(({ id }, place) => [id, place]));
  const totals = classes.map(() => 0);
  const filled = new Map<number, ConfusionCell>();
  for (const { count, class: labelled, predictedClass } of confusions) {
    const row = placeOf.get(labelled.id) ?? 0;
    const column = placeOf.get(predictedClass.id) ?? 0;
    if (count < 1) continue;
    totals[row] = (totals[row] ?? 0) + count;
    filled.set(row * classes.length + column, { row, column, count });
  }
  const cells = [...filled.values()].sort((a, b) => a.row - b.row || a.column - b.column);
  return { classes, totals, cells, at: (row, column) => filled.get(row * classes.length + column) };
}

/** Of the labels of the cell's row, 0 to 1. */
export const shareOf = ({ totals }: ConfusionGrid, { row, count }: ConfusionCell): number =>
  count / (totals[row] || count);

/** Labels on the diagonal, and all. */
export function rightOf({ cells, totals }: ConfusionGrid): { right: number; total: number } {
  const right = cells.reduce(
    (sum, { row, column, count }) => sum + (row === column ? count : 0),
    0,
  );
  return { right, total: totals.reduce((sum, total) => sum + total, 0) };
}

export interface Place {
  row: number;
  column: number;
}

/**
 * Where an arrow leads: left and right walk the cells that are not 0 row by row, up and down column by column, so
 * that either pair reaches every one. Undefined at an end, for any other key, and without cells.
 */
export function nextCell(
  { cells }: ConfusionGrid,
  from: Place | null,
  key: string,
): ConfusionCell | undefined {
  if (key === 'Home') return cells[0];
  if (key === 'End') return cells.at(-1);
  const walk = walks[key];
  if (!walk || !from) return walk && cells[0];
  return cells
    .filter((cell) => walk(cell, from) > 0)
    .reduce<ConfusionCell | undefined>(
      (best, cell) => (best && walk(best, cell) < 0 ? best : cell),
      undefined,
    );
}

/** Above 0 where `a` comes after `b`. */
type Walk = (a: Place, b: Place) => number;
const byRow: Walk = (a, b) => a.row - b.row || a.column - b.column;
const byColumn: Walk = (a, b) => a.column - b.column || a.row - b.row;
const walks: Partial<Record<string, Walk>> = {
  ArrowRight: byRow,
  ArrowLeft: (a, b) => byRow(b, a),
  ArrowDown: byColumn,
  ArrowUp: (a, b) => byColumn(b, a),
};
