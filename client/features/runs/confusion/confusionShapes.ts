import { type ConfusionCell, type ConfusionGrid, type Place, shareOf } from './confusionGrid';

/** A larger matrix shows no class names. */
export const maxClassesWithNames = 20;
/** A larger matrix shows no counts in its cells. */
export const maxClassesWithCounts = 12;

/**
 * Minimum size of a mark as a share of the matrix side, so that it stays visible with many classes.
 */
const minMark = 1 / 200;
const steps = 8;

/** Returns the side of a mark in cells: below 1 to leave a gap, or above 1 if cells are tiny. */
export const markSize = (classes: number): number =>
  classes <= 40 ? 0.94 : Math.max(1, classes * minMark);

/**
 * Returns the minimum and maximum width of the matrix in pixels. A `max` of null means no maximum.
 */
export function sideOf(classes: number): { min: number; max: number | null } {
  if (classes <= maxClassesWithCounts) return { min: classes * 26, max: classes * 48 };
  if (classes <= maxClassesWithNames) return { min: classes * 18, max: classes * 48 };
  return { min: Math.min(classes * 4, 560), max: null };
}

export interface Shade {
  isCorrect: boolean;
  /** Depends on the cell's share of its row, 1 to 8. */
  step: number;
  /** SVG path of all cells with this shade. A cell is 1 wide, and the matrix starts at 0, 0. */
  path: string;
}

/**
 * Draws all cells as at most 16 paths, so that a matrix of 1,000 classes has few elements.
 * The shade depends on the square root of the share, so that a rare confusion is visible.
 */
export function shades(grid: ConfusionGrid): Shade[] {
  const paths = new Map<string, Shade & { parts: string[] }>();
  const size = markSize(grid.classes.length);
  const inset = round((1 - size) / 2);
  for (const cell of grid.cells) {
    const isCorrect = cell.row === cell.column;
    const step = stepOf(grid, cell);
    const key = `${isCorrect ? 'correct' : 'incorrect'} ${step}`;
    const shade = paths.get(key) ?? { isCorrect, step, path: '', parts: [] };
    shade.parts.push(square(cell.column + inset, cell.row + inset, size));
    paths.set(key, shade);
  }
  // Marks may overlap. Errors and strong shades are drawn last, so that they stay visible.
  return [...paths.values()]
    .sort((a, b) => Number(b.isCorrect) - Number(a.isCorrect) || a.step - b.step)
    .map(({ parts, ...shade }) => ({ ...shade, path: parts.join('') }));
}

export const stepOf = (grid: ConfusionGrid, cell: ConfusionCell): number =>
  Math.max(1, Math.ceil(Math.sqrt(shareOf(grid, cell)) * steps));

/**
 * Draws the background: one square per cell for few classes, otherwise one for the whole matrix.
 */
export function groundPath(classes: number): string {
  if (classes > maxClassesWithNames) return square(0, 0, classes);
  const size = markSize(classes);
  const inset = round((1 - size) / 2);
  return Array.from({ length: classes ** 2 }, (_, at) =>
    square((at % classes) + inset, Math.floor(at / classes) + inset, size),
  ).join('');
}

/** Returns the opacity of a shade, 0 to 1. */
export const opacityOf = (step: number): number => 0.2 + (0.8 * step) / steps;

/**
 * Returns the cell at a point, given in cells from the top left corner. If marks are larger than
 * cells, this is the nearest mark that covers the point. Returns null outside the matrix.
 */
export function cellUnder(grid: ConfusionGrid, x: number, y: number): Place | null {
  const { length } = grid.classes;
  const exact = { row: Math.floor(y), column: Math.floor(x) };
  if (x < 0 || y < 0 || x >= length || y >= length) return null;
  const reach = markSize(length) / 2;
  if (reach <= 0.5 || grid.at(exact.row, exact.column)) return exact;
  let nearest = exact;
  let minDistance = Infinity;
  // A mark covers the point if its centre is at most `reach` away.
  for (let row = Math.ceil(y - reach - 0.5); row + 0.5 <= y + reach; row++)
    for (let column = Math.ceil(x - reach - 0.5); column + 0.5 <= x + reach; column++) {
      const distance = Math.hypot(row + 0.5 - y, column + 0.5 - x);
      if (distance >= minDistance || !isWithin(row, column, length) || !grid.at(row, column))
        continue;
      nearest = { row, column };
      minDistance = distance;
    }
  return nearest;
}

const isWithin = (row: number, column: number, length: number) =>
  Math.min(row, column) >= 0 && Math.max(row, column) < length;

const round = (value: number) => Math.round(value * 1000) / 1000;
const square = (x: number, y: number, size: number) =>
  `M${round(x)} ${round(y)}h${size}v${size}h${-size}z`;
