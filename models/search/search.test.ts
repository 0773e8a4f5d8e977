/** @jest-environment ./models/testing/onnxEnvironment.cjs */
import { toHalf } from '../numeric/float16';
import { seededRandom } from '../numeric/random';
import { createComparer } from './cosine';
import { meanDirection } from './directions';
import { nearestRows } from './nearest';

const normals = (length: number, seed = 3) => {
  const random = seededRandom(seed);
  return Float32Array.from({ length }, () => random.normal());
};
const cosine = (a: Float32Array, b: Float32Array) => {
  const dot = (x: Float32Array, y: Float32Array) =>
    x.reduce((sum, value, index) => sum + value * y[index]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
};

async function compareAll(direction: Float32Array, halves: Uint16Array, rows: number) {
  const comparer = await createComparer(direction);
  const cosines = await comparer.compare(halves, rows);
  await comparer.dispose();
  return cosines;
}

test('the cosines match the plain formula over several chunks', async () => {
  const [rows, dimensions] = [2_500, 24];
  const values = normals(rows * dimensions);
  const direction = meanDirection(toHalf(normals(dimensions, 9)), 1, dimensions);
  const cosines = await compareAll(direction, toHalf(values), rows);
  for (const row of [0, 1_023, 1_024, 2_499])
    expect(cosines[row]).toBeCloseTo(
      cosine(direction, values.subarray(row * dimensions, (row + 1) * dimensions)),
      3,
    );
});

test('an embedding is most similar to itself at any length, and least similar to its opposite', async () => {
  const one = normals(16);
  const rows = [one, one.map((value) => value * 3), one.map((value) => -value), normals(16, 5)];
  const cosines = await compareAll(
    meanDirection(toHalf(one), 1, 16),
    toHalf(Float32Array.from(rows.flatMap((row) => [...row]))),
    4,
  );
  expect(cosines[0]).toBeCloseTo(1, 3);
  expect(cosines[1]).toBeCloseTo(1, 3);
  expect(cosines[2]).toBeCloseTo(-1, 3);
  expect(Math.abs(cosines[3]!)).toBeLessThan(0.95);
});

test('rows of zeros and of infinities give finite cosines, never NaN', async () => {
  const direction = meanDirection(toHalf(Float32Array.of(1, 0)), 1, 2);
  const rows = toHalf(Float32Array.of(0, 0, Infinity, 1, NaN, 1, 2, 0));
  expect([...(await compareAll(direction, rows, 4))]).toEqual([0, -1, -1, 1]);
});

test('several examples give their mean direction, and long ones count no more', () => {
  const mean = meanDirection(toHalf(Float32Array.of(100, 0, 0, 1)), 2, 2);
  expect(mean[0]).toBeCloseTo(Math.SQRT1_2, 5);
  expect(mean[1]).toBeCloseTo(Math.SQRT1_2, 5);
});

test('examples without a common direction are refused', () => {
  for (const values of [
    [0, 0],
    [1, 0, -1, 0],
    [NaN, 1],
  ])
    expect(() => meanDirection(toHalf(Float32Array.from(values)), values.length / 2, 2)).toThrow(
      'have no direction',
    );
});

test('rows that do not fit the direction are refused with both shapes', async () => {
  const comparer = await createComparer(Float32Array.of(1, 0, 0));
  await expect(comparer.compare(new Uint16Array(8), 2)).rejects.toThrow('expected [2 × 3]');
  await comparer.dispose();
});

test('the nearest rows match a full sort, and ties keep their order', () => {
  const random = seededRandom(11);
  const values = Float32Array.from({ length: 1_000 }, () => Math.round(random.next() * 40) / 40);
  const sorted = [...values.keys()].sort((a, b) => values[b]! - values[a]! || a - b);
  for (const count of [0, 1, 7, 64, 1_000, 5_000])
    expect([...nearestRows(values, count).rows]).toEqual(sorted.slice(0, count));
});

test('excluded rows are left out, so the result may be shorter than requested', () => {
  const { rows, similarities } = nearestRows(Float32Array.of(-Infinity, 0.5, NaN, -1), 10);
  expect([...rows]).toEqual([1, 3]);
  expect([...similarities]).toEqual([0.5, -1]);
});
