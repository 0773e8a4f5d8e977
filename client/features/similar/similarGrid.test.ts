import { cutOffOf } from './cutOff';
import { type Found, isChosen, reduceGrid, startGrid } from './similarGrid';

const found = (id: string, similarity: number, labelled = false): Found => ({
  similarity,
  image: {
    id,
    fileName: id,
    thumbnailUrl: '',
    version: 0,
    consensus: labelled
      ? ({ class: { id: 'cat', name: 'cat', color: '' } } as Found['image']['consensus'])
      : null,
  },
});
const all = [found('a', 0.9), found('b', 0.8, true), found('c', 0.7), found('d', 0.2)];
const chosen = (grid: ReturnType<typeof startGrid>) =>
  all.filter((each) => isChosen(grid, each)).map(({ image }) => image.id);
const labelled = (...ids: string[]) => ({
  type: 'labelled' as const,
  entryIds: new Map(ids.map((id) => [id, `entry ${id}`])),
});

it('chooses what is unlabelled and at least as similar as the cut-off', () => {
  expect(chosen(startGrid(0.7))).toEqual(['a', 'c']);
  expect(chosen(reduceGrid(startGrid(0.7), { type: 'cut', cut: 0.8 }))).toEqual(['a']);
});

it('keeps what was chosen by hand whatever the cut-off', () => {
  let grid = startGrid(0.7);
  for (const image of [all[1]!, all[2]!, all[3]!])
    grid = reduceGrid(grid, { type: 'toggled', image });
  grid = reduceGrid(grid, { type: 'cut', cut: 0.1 });
  expect(chosen(grid)).toEqual(['a', 'b', 'd']);
});

it('an answered image is no longer chosen, and is again once the answers are taken back', () => {
  const answered = reduceGrid(startGrid(0.7), labelled('a', 'c'));
  expect(chosen(answered)).toEqual([]);
  expect(chosen(reduceGrid(answered, { type: 'undone' }))).toEqual(['a', 'c']);
  expect(reduceGrid(startGrid(0.7), { type: 'undone' })).toEqual(startGrid(0.7));
});

it('an image left out by hand stays out after the others are answered', () => {
  const grid = reduceGrid(startGrid(0.7), { type: 'toggled', image: all[2]! });
  expect(chosen(reduceGrid(grid, labelled('a')))).toEqual([]);
});

it('cuts where the ranking falls apart', () => {
  expect(cutOffOf([0.95, 0.93, 0.9, 0.4, 0.38, 0.3])).toBe(0.9);
  expect(cutOffOf([0.9, 0.3])).toBe(0.9);
});

it('cuts nothing off where there is no difference, and copes with one image and with none', () => {
  expect(cutOffOf([0.5, 0.5, 0.5])).toBe(0.5);
  expect(cutOffOf([0.4])).toBe(0.4);
  expect(cutOffOf([])).toBe(1);
});
