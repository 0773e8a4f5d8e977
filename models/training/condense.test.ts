import { condense, groupNeighbours } from './condense';

/** Builds the neighbours of rows on a line. */
const line = (rows: number) => {
  const count = rows - 1;
  const nearest = (row: number) =>
    [...Array(rows).keys()]
      .filter((other) => other !== row)
      .sort((a, b) => Math.abs(a - row) - Math.abs(b - row));
  const ids = Int32Array.from([...Array(rows).keys()].flatMap(nearest));
  return { rows, count, ids, similarity: new Float32Array(ids.length) };
};
const weighted = {
  rows: Int32Array.of(0, 1, 2, 5, 6),
  labels: Int32Array.of(0, 0, 1, 1, 1),
  weights: Float32Array.of(0.9, 0.5, 0.8, 0.4, 0.2),
};

test('groups near rows of one class, without mixing classes or exceeding the size', () => {
  const { group, groups } = groupNeighbours(weighted, line(8), 2);
  expect(groups).toBe(3);
  expect(group[0]).toBe(group[1]);
  expect(group[2]).not.toBe(group[1]);
  expect(group[2]).toBe(group[3]);
  expect(group[4]).not.toBe(group[3]);
});

test('keeps rows single at a group size of one', () => {
  expect(groupNeighbours(weighted, line(8), 1).groups).toBe(5);
});

test('a group is the weighted mean of its rows and has their total weight', () => {
  const features = Float32Array.of(1, 0, 3, 6);
  const rows = { labels: Int32Array.of(4, 4), weights: Float32Array.of(1, 0.5) };
  const condensed = condense(rows, features, 2, { group: Int32Array.of(0, 0), groups: 1 });
  expect([...condensed.labels]).toEqual([4]);
  expect(condensed.weights[0]).toBeCloseTo(1.5);
  expect(condensed.features[0]).toBeCloseTo(5 / 3);
  expect(condensed.features[1]).toBeCloseTo(2);
});

test('rows of weight 0 do not become NaN', () => {
  const rows = { labels: Int32Array.of(0), weights: Float32Array.of(0) };
  const { features } = condense(rows, Float32Array.of(7), 1, {
    group: Int32Array.of(0),
    groups: 1,
  });
  expect([...features]).toEqual([0]);
});
