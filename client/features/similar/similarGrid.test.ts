import { cutOffOf } from './cutOff';
import { isSelected, reduceGrid, type SimilarImage, startGrid } from './similarGrid';

const result = (id: string, similarity: number, labelled = false): SimilarImage => ({
  similarity,
  image: {
    id,
    fileName: id,
    thumbnailUrl: '',
    version: 0,
    consensus: labelled
      ? ({ class: { id: 'cat', name: 'cat', color: '' } } as SimilarImage['image']['consensus'])
      : null,
  },
});
const all = [result('a', 0.9), result('b', 0.8, true), result('c', 0.7), result('d', 0.2)];
const selected = (grid: ReturnType<typeof startGrid>) =>
  all.filter((each) => isSelected(grid, each)).map(({ image }) => image.id);
const labelled = (...ids: string[]) => ({
  type: 'labelled' as const,
  entryIds: new Map(ids.map((id) => [id, `entry ${id}`])),
});

it('selects unlabelled images at or above the cut-off', () => {
  expect(selected(startGrid(0.7))).toEqual(['a', 'c']);
  expect(selected(reduceGrid(startGrid(0.7), { type: 'cutOffChanged', cutOff: 0.8 }))).toEqual([
    'a',
  ]);
});

it('keeps manual selections at any cut-off', () => {
  let grid = startGrid(0.7);
  for (const image of [all[1]!, all[2]!, all[3]!])
    grid = reduceGrid(grid, { type: 'toggled', image });
  grid = reduceGrid(grid, { type: 'cutOffChanged', cutOff: 0.1 });
  expect(selected(grid)).toEqual(['a', 'b', 'd']);
});

it('deselects answered images, and selects them again after an undo', () => {
  const answered = reduceGrid(startGrid(0.7), labelled('a', 'c'));
  expect(selected(answered)).toEqual([]);
  expect(selected(reduceGrid(answered, { type: 'undone' }))).toEqual(['a', 'c']);
  expect(reduceGrid(startGrid(0.7), { type: 'undone' })).toEqual(startGrid(0.7));
});

it('keeps a manually deselected image deselected after the others are answered', () => {
  const grid = reduceGrid(startGrid(0.7), { type: 'toggled', image: all[2]! });
  expect(selected(reduceGrid(grid, labelled('a')))).toEqual([]);
});

it('places the cut-off at the gap in the ranking', () => {
  expect(cutOffOf([0.95, 0.93, 0.9, 0.4, 0.38, 0.3])).toBe(0.9);
  expect(cutOffOf([0.9, 0.3])).toBe(0.9);
});

it('keeps all images of equal similarity, and accepts one image and none', () => {
  expect(cutOffOf([0.5, 0.5, 0.5])).toBe(0.5);
  expect(cutOffOf([0.4])).toBe(0.4);
  expect(cutOffOf([])).toBe(1);
});
