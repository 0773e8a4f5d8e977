import { mkdtemp, open, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readHalfRows } from './halfRows';

const dimensions = 3;
const count = 1000;
let folder: string;
let file: FileHandle;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'half-rows-'));
  const rows = Uint16Array.from({ length: count * dimensions }, (_, i) => i);
  await writeFile(join(folder, 'rows'), rows);
  file = await open(join(folder, 'rows'));
});
afterAll(async () => {
  await file.close();
  await rm(folder, { recursive: true });
});

const expected = (ordinals: number[]) =>
  ordinals.flatMap((row) => [3 * row, 3 * row + 1, 3 * row + 2]);

it.each([
  ['in file order', [4, 5, 6, 40, 41]],
  ['in any order, far apart and near', [999, 0, 5, 3, 500, 4, 12, 498]],
  ['more than once', [7, 3, 7, 7, 8]],
  ['of none', []],
])('reads rows %s to where they were asked for', async (_, ordinals) => {
  const rows = await readHalfRows(file, Int32Array.from(ordinals), dimensions);
  expect(Array.from(rows)).toEqual(expected(ordinals));
});

it('reads shuffled neighbours together: a thousand rows take a few reads', async () => {
  const shuffled = Array.from({ length: count }, (_, i) => (i * 389) % count);
  const reads = jest.spyOn(file, 'read');
  const rows = await readHalfRows(file, Int32Array.from(shuffled), dimensions);
  expect(reads.mock.calls.length).toBeLessThanOrEqual(3);
  reads.mockRestore();
  expect(Array.from(rows)).toEqual(expected(shuffled));
});

it('reads zeros after the end of the file', async () => {
  const rows = await readHalfRows(file, Int32Array.of(count - 1, count), dimensions);
  expect(Array.from(rows)).toEqual([...expected([count - 1]), 0, 0, 0]);
});
