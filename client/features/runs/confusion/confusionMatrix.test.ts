import { confusionGrid, nextCell, correctOf, shareOf } from './confusionGrid';
import { cellUnder, groundPath, markSize, shades, sideOf, stepOf } from './confusionShapes';

const named = (name: string, position: number) => ({ id: name, name, color: '#000000', position });
const ant = named('ant', 2);
const bee = named('bee', 0);
const cat = named('cat', 1);
const cell = (labelled: typeof ant, predicted: typeof ant, count: number) => ({
  class: labelled,
  predictedClass: predicted,
  count,
});
const three = confusionGrid([
  cell(ant, ant, 8),
  cell(ant, bee, 2),
  cell(bee, bee, 5),
  cell(bee, cat, 1),
]);
/** Every class is predicted 9 times as itself and once as the first class. */
const many = (count: number) => {
  const classes = Array.from({ length: count }, (_, at) => named(`class ${at}`, at));
  const [first = ant] = classes;
  return confusionGrid(
    classes.flatMap((one) => [cell(one, one, 9), ...(one === first ? [] : [cell(one, first, 1)])]),
  );
};

it('orders rows and columns as the dataset does, including classes that are only predicted', () => {
  expect(three.classes.map(({ name }) => name)).toEqual(['bee', 'cat', 'ant']);
  expect(three.totals).toEqual([6, 0, 10]);
  expect(three.at(2, 0)?.count).toBe(2);
  expect(three.at(0, 2)).toBeUndefined();
  expect(correctOf(three)).toEqual({ correct: 13, total: 16 });
});

it('computes shares of the row, not of all labels', () => {
  expect(three.cells.map((one) => shareOf(three, one))).toEqual([5 / 6, 1 / 6, 0.2, 0.8]);
});

it('is empty without confusions', () => {
  const none = confusionGrid([]);
  expect(none.classes).toEqual([]);
  expect(nextCell(none, null, 'ArrowRight')).toBeUndefined();
  expect(shades(none)).toEqual([]);
});

it.each([
  ['ArrowRight', 'ArrowLeft'],
  ['ArrowDown', 'ArrowUp'],
])('%s reaches every cell with a count, and %s returns the same way', (forwardKey, backKey) => {
  const walk = (key: string, start: (typeof three.cells)[number] | null) => {
    const path = [];
    for (let at = nextCell(three, start, key); at; at = nextCell(three, at, key)) path.push(at);
    return path;
  };
  const forward = walk(forwardKey, null);
  expect(new Set(forward)).toEqual(new Set(three.cells));
  expect(walk(backKey, forward.at(-1) ?? null)).toEqual(forward.slice(0, -1).reverse());
});

it('moves from a cell without a count, and ignores other keys', () => {
  expect(nextCell(three, { row: 1, column: 1 }, 'ArrowRight')).toBe(three.at(2, 0));
  expect(nextCell(three, { row: 1, column: 1 }, 'ArrowUp')).toBe(three.at(0, 1));
  expect(nextCell(three, { row: 1, column: 1 }, 'a')).toBeUndefined();
  expect(nextCell(three, null, 'End')).toBe(three.at(2, 2));
});

it('draws 1,000 classes with at most 16 paths, errors on top', () => {
  const drawn = shades(many(1000));
  expect(drawn.length).toBeLessThanOrEqual(16);
  expect(drawn.map(({ path }) => path).join('')).not.toContain('NaN');
  expect(new Set(drawn.map(({ isCorrect }) => isCorrect))).toEqual(new Set([true, false]));
  expect(drawn.at(-1)?.isCorrect).toBe(false);
  expect(drawn.reduce((sum, { path }) => sum + path.split('M').length - 1, 0)).toBe(1999);
  expect(groundPath(1000).split('M')).toHaveLength(2);
});

it('shades by share: a rare confusion is faint, a whole row has the full colour', () => {
  const [rare] = confusionGrid([cell(ant, bee, 1), cell(ant, ant, 999)]).cells;
  expect(stepOf(three, { row: 0, column: 0, count: 6 })).toBe(8);
  expect(rare && stepOf(confusionGrid([cell(ant, bee, 1), cell(ant, ant, 999)]), rare)).toBe(1);
});

it('finds the cell under a point, and none outside', () => {
  expect(cellUnder(three, 0.5, 2.9)).toEqual({ row: 2, column: 0 });
  expect(cellUnder(three, 2.1, 1.1)).toEqual({ row: 1, column: 2 });
  expect(cellUnder(three, 3, 1)).toBeNull();
  expect(cellUnder(three, -0.1, 1)).toBeNull();
});

it('finds the nearest mark if marks are larger than cells, or else the exact cell', () => {
  const grid = many(1000);
  expect(markSize(1000)).toBe(5);
  expect(cellUnder(grid, 502.2, 500.5)).toEqual({ row: 501, column: 501 });
  expect(cellUnder(grid, 1.6, 900.5)).toEqual({ row: 900, column: 0 });
  expect(cellUnder(grid, 4.6, 900.5)).toEqual({ row: 900, column: 4 });
  expect(cellUnder(grid, 999.9, 999.9)).toEqual({ row: 999, column: 999 });
});

it('keeps cells large enough to read or click, and the matrix within the drawer', () => {
  expect(sideOf(2)).toEqual({ min: 52, max: 96 });
  expect(sideOf(101).min).toBe(404);
  expect(sideOf(1000).min).toBe(560);
});
