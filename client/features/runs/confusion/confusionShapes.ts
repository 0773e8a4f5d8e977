import { type ConfusionCell, type ConfusionGrid, type Place, shareOf } from './confusionGrid';

/** Up to this many classes their names stand at the sides, and up to the other one the counts in the cells. */
export const mostNamed = 20;
export const mostCounted = 12;

/** A matrix of more classes has cells too small to see: marks keep this share of its side. */
const leastMark = 1 / 200;
const steps = 8;

/** Side of what is drawn for a cell, in cells: 1, less a seam where there is room for one, or more where many lie close. */
export const markSize = (classes: number): number =>
  classes <= 40 ? 0.94 : Math.max(1, classes * leastMark);

/** Pixels that the matrix may be wide: so much that cells can be read, or hit; not more than looks well (null: any). */
export function sideOf(classes: number): { least: number; most: number | null } {
  if (classes <= mostCounted) return { least: classes * 26, most: classes * 48 };
  if (classes <= mostNamed) return { least: classes * 18, most: classes * 48 };
  return { least: Math.min(classes * 4, 560), most: null };
}

export interface Shade {
  isRight: boolean;
  /** 1 to 8; the share of the row decides. */
  step: number;
  /** Path of all cells of this shade; a cell is 1 wide, the first one's corner lies at 0, 0. */
  path: string;
}

/**
 * All cells in at most 16 paths: a matrix of 1,000 classes has as few elements as one of two. The shade follows the
 * square root of the share, so that a rare confusion is seen.
 */
export function shades(grid: ConfusionGrid): Shade[] {
  const paths = new Map<string, Shade & { parts: string[] }>();
  const size = markSize(grid.classes.length);
  const inset = round((1 - size) / 2);
  for (const cell of grid.cells) {
    const isRight = cell.row === cell.column;
    const step = stepOf(grid, cell);
    const key = `${isRight ? 'right' : 'wrong'} ${step}`;
    const shade = paths.get(key) ?? { isRight, step, path: '', parts: [] };
    shade.parts.push(square(cell.column + inset, cell.row + inset, size));
    paths.set(key, shade);
  }
  // Strong ones last, errors over the diagonal: where marks overlap, the graver one is seen.
  return [...paths.values()]
    .sort((a, b) => Number(b.isRight) - Number(a.isRight) || a.step - b.step)
    .map(({ parts, ...shade }) => ({ ...shade, path: parts.join('') }));
}

export const stepOf = (grid: ConfusionGrid, cell: ConfusionCell): number =>
  Math.max(1, Math.ceil(Math.sqrt(shareOf(grid, cell)) * steps));

/** Ground of every cell, for few classes; of the whole matrix otherwise. */
export function groundPath(classes: number): string {
  if (classes > mostNamed) return square(0, 0, classes);
  const size = markSize(classes);
  const inset = round((1 - size) / 2);
  return Array.from({ length: classes ** 2 }, (_, at) =>
    square((at % classes) + inset, Math.floor(at / classes) + inset, size),
  ).join('');
}

/** How opaque a shade is, 0 to 1. */
export const opacityOf = (step: number): number => 0.2 + (0.8 * step) / steps;

/**
 * The cell at a point, in cells from the corner: where marks are larger than cells, the nearest mark that covers the
 * point. Null outside.
 */
export function cellUnder(grid: ConfusionGrid, x: number, y: number): Place | null {
  const { length } = grid.classes;
  const exact = { row: Math.floor(y), column: Math.floor(x) };
  if (x < 0 || y < 0 || x >= length || y >= length) return null;
  const reach = markSize(length) / 2;
  if (reach <= 0.5 || grid.at(exact.row, exact.column)) return exact;
  let nearest = exact;
  let least = Infinity;
  // The marks whose middle is at most `reach` away cover the point.
  for (let row = Math.ceil(y - reach - 0.5); row + 0.5 <= y + reach; row++)
    for (let column = Math.ceil(x - reach - 0.5); column + 0.5 <= x + reach; column++) {
      const distance = Math.hypot(row + 0.5 - y, column + 0.5 - x);
      if (distance >= least || !isWithin(row, column, length) || !grid.at(row, column)) continue;
      nearest = { row, column };
      least = distance;
    }
  return nearest;
}

const isWithin = (row: number, column: number, length: number) =>
  Math.min(row, column) >= 0 && Math.max(row, column) < length;

const round = (value: number) => Math.round(value * 1000) / 1000;
const square = (x: number, y: number, size: number) =>
  `M${round(x)} ${round(y)}h${size}v${size}h${-size}z`;
