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

it('shows one grid and keeps the other tasks for the next', () => {
  const grid = play(leased(ids(0, confirmGridSize + 3)));
  expect(shown(grid)).toEqual(ids(0, confirmGridSize));
  expect(shown(reduceGrid(grid, confirmed))).toEqual(ids(confirmGridSize, confirmGridSize + 3));
});

it('never adds tasks to the grid on screen', () => {
  const grid = play(leased(['a']), leased(['b']));
  expect(shown(grid)).toEqual(['a']);
});

it('marks an image as incorrect, sets its correct class, and unmarks it', () => {
  const dog = { id: 'dog', name: 'dog', color: '', hotkey: null, position: 0 };
  const toggle: GridAction = { type: 'toggled', imageId: 'a' };
  const marked = play(leased(['a']), toggle);
  expect(marked.mistakes.get('a')).toEqual({});
  const reassigned = reduceGrid(marked, { type: 'reassigned', imageId: 'a', correctClass: dog });
  expect(reassigned.mistakes.get('a')).toEqual({ correctClass: dog });
  expect(reduceGrid(reassigned, toggle).mistakes.size).toBe(0);
});

it('restores the last grid with its marks and moves the current one to the reserve', () => {
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

it('removes lost tasks from the reserve only', () => {
  const tokens = ['lease i0', `lease i${confirmGridSize}`];
  const grid = play(leased(ids(0, confirmGridSize + 2)), { type: 'lost', tokens });
  expect(shown(grid)).toEqual(ids(0, confirmGridSize));
  expect(grid.shown[0]?.lease).toBeUndefined();
  expect(grid.reserve.map(({ image }) => image.id)).toEqual([`i${confirmGridSize + 1}`]);
});
