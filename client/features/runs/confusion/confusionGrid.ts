interface GridClass {
  id: string;
  name: string;
  color: string;
  /** Position in the dataset's order of classes. */
  position: number;
}

interface Confusion {
  count: number;
  class: GridClass;
  predictedClass: GridClass;
}

/**
 * Counts the labels of the class in `row` that were predicted as the class in `column`. At least 1.
 */
export interface ConfusionCell {
  row: number;
  column: number;
  count: number;
}

export interface ConfusionGrid {
  /**
   * The classes of the rows and of the columns: each one labelled or predicted, in the dataset's
   * order.
   */
  classes: readonly GridClass[];
  /** Number of evaluated labels per row. */
  totals: readonly number[];
  /** The cells with a count, row by row from the left. */
  cells: readonly ConfusionCell[];
  /** Returns the cell in a row and column, or undefined if its count is 0. */
  at: (row: number, column: number) => ConfusionCell | undefined;
}

/**
 * Arranges a run's confusions as a matrix: one row per labelled class, one column per predicted
 * class.
 */
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

/** Returns the cell's share of the labels in its row, 0 to 1. */
export const shareOf = ({ totals }: ConfusionGrid, { row, count }: ConfusionCell): number =>
  count / (totals[row] || count);

/** Counts the correctly predicted labels and all labels. */
export function correctOf({ cells, totals }: ConfusionGrid): { correct: number; total: number } {
  const correct = cells.reduce(
    (sum, { row, column, count }) => sum + (row === column ? count : 0),
    0,
  );
  return { correct, total: totals.reduce((sum, total) => sum + total, 0) };
}

export interface Place {
  row: number;
  column: number;
}

/**
 * Returns the cell that an arrow key moves to. Left and right go through the cells with a count
 * row by row, up and down column by column, so either pair of keys reaches every cell.
 * Returns undefined at an end, for any other key, and without cells.
 */
export function nextCell(
  { cells }: ConfusionGrid,
  from: Place | null,
  key: string,
): ConfusionCell | undefined {
  if (key === 'Home') return cells[0];
  if (key === 'End') return cells.at(-1);
  const order = orders[key];
  if (!order || !from) return order && cells[0];
  return cells
    .filter((cell) => order(cell, from) > 0)
    .reduce<ConfusionCell | undefined>(
      (best, cell) => (best && order(best, cell) < 0 ? best : cell),
      undefined,
    );
}

/** Returns a positive number if `a` comes after `b`. */
type Order = (a: Place, b: Place) => number;
const byRow: Order = (a, b) => a.row - b.row || a.column - b.column;
const byColumn: Order = (a, b) => a.column - b.column || a.row - b.row;
const orders: Partial<Record<string, Order>> = {
  ArrowRight: byRow,
  ArrowLeft: (a, b) => byRow(b, a),
  ArrowDown: byColumn,
  ArrowUp: (a, b) => byColumn(b, a),
};
