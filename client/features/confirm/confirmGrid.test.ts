import type { LibTaskImageFragment } from '../../gql/operations';
import { confirmGridSize } from '../../../shared/limits';
import { emptyGrid, type GridAction, type GridTask, reduceGrid } from './confirmGrid';

const task = (id: string): GridTask => ({
  image: { id, fileName: id } as LibTaskImageFragment,
  lease: { leaseToken: `lease ${id}`, leaseExpiresAt: '' },
  expectedVersion: 0,
});
const ids = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `i${from + index}`);
const leased = (names: string[]): GridAction => ({ type: 'leased', tasks: names.map(task) });
const confirmed: GridAction = { type: 'confirmed', entryIds: new Map() };
const play = (...actions: GridAction[]) => actions.reduce(reduceGrid, emptyGrid);
const shown = (grid: ReturnType<typeof play>) => grid.shown.map(({ image }) => image.id);

it('deals one grid and keeps the rest for the next', () => {
  const grid = play(leased(ids(0, confirmGridSize + 3)));
  expect(shown(grid)).toEqual(ids(0, confirmGridSize));
  expect(shown(reduceGrid(grid, confirmed))).toEqual(ids(confirmGridSize, confirmGridSize + 3));
});

it('never adds to a grid that is being looked at', () => {
  const grid = play(leased(['a']), leased(['b']));
  expect(shown(grid)).toEqual(['a']);
});

it('marks an image wrong, gives it another class, and marks it right again', () => {
  const dog = { id: 'dog', name: 'dog', color: '', hotkey: null, position: 0 };
  const toggle: GridAction = { type: 'toggled', imageId: 'a' };
  const wrong = play(leased(['a']), toggle);
  expect(wrong.mistakes.get('a')).toEqual({});
  const dogged = reduceGrid(wrong, { type: 'reassigned', imageId: 'a', instead: dog });
  expect(dogged.mistakes.get('a')).toEqual({ instead: dog });
  expect(reduceGrid(dogged, toggle).mistakes.size).toBe(0);
});

it('brings the last grid back with its marks, and the current one behind it', () => {
  const toggle: GridAction = { type: 'toggled', imageId: 'i1' };
  const cancelled = new Set(['i0']);
  const grid = play(leased(ids(0, confirmGridSize + 1)), toggle, confirmed, {
    type: 'undone',
    cancelled,
  });
  expect(shown(grid)).toEqual(ids(0, confirmGridSize));
  expect([...grid.mistakes.keys()]).toEqual(['i1']);
  expect(grid.shown[0]?.lease).toBeDefined();
  expect(grid.shown[1]?.lease).toBeUndefined();
  expect(grid.reserve.map(({ image }) => image.id)).toEqual([`i${confirmGridSize}`]);
});

it('drops lost tasks from the reserve only', () => {
  const tokens = ['lease i0', `lease i${confirmGridSize}`];
  const grid = play(leased(ids(0, confirmGridSize + 2)), { type: 'lost', tokens });
  expect(shown(grid)).toEqual(ids(0, confirmGridSize));
  expect(grid.shown[0]?.lease).toBeUndefined();
  expect(grid.reserve.map(({ image }) => image.id)).toEqual([`i${confirmGridSize + 1}`]);
});
