import { balancedWeights, epochOrder, inBatches, type Sampling } from './sampling';

/** 12 of class 0, 6 of class 1, 3 of class 2; class 3 has none. */
const labels = Int32Array.from([
  ...Array<number>(12).fill(0),
  ...Array<number>(6).fill(1),
  2,
  2,
  2,
]);
const order = (sampling: Sampling, epoch = 1, seed = 1) =>
  epochOrder(labels, { seed, epoch, sampling });
const counts = (rows: Int32Array) =>
  [0, 1, 2].map((label) => rows.filter((row) => labels[row] === label).length);

describe('the order of an epoch', () => {
  it('shows every image once unless it resamples', () => {
    expect(Array.from(order('none')).sort((a, b) => a - b)).toEqual(
      Array.from(labels, (_, row) => row),
    );
  });

  it('shows small classes as often as the largest when oversampling, every image at least once', () => {
    expect(counts(order('over'))).toEqual([12, 12, 12]);
    expect(new Set(order('over')).size).toBe(labels.length);
  });

  it('shows large classes as seldom as the smallest when undersampling, others every time', () => {
    expect(counts(order('under'))).toEqual([3, 3, 3]);
    expect(new Set(order('under')).size).toBe(9);
    expect(order('under', 1)).not.toEqual(order('under', 2));
  });

  it('depends on seed and epoch alone', () => {
    expect(order('none', 3)).toEqual(order('none', 3));
    expect(order('none', 3)).not.toEqual(order('none', 4));
    expect(order('none', 3)).not.toEqual(order('none', 3, 2));
  });
});

describe('batches', () => {
  const sizes = (images: number, batchSize: number) =>
    inBatches(new Int32Array(images), batchSize).map(({ length }) => length);

  it('take all images in order, and never leave one alone', () => {
    expect(sizes(10, 4)).toEqual([4, 4, 2]);
    expect(sizes(9, 4)).toEqual([4, 5]);
    expect(sizes(3, 8)).toEqual([3]);
    expect(sizes(3, 1)).toEqual([1, 1, 1]);
    expect(inBatches(Int32Array.of(5, 6, 7), 2).map((rows) => Array.from(rows))).toEqual([
      [5, 6, 7],
    ]);
  });
});

test('balanced weights let every class with images count alike', () => {
  const weights = balancedWeights(labels, 4);
  const totals = [12, 6, 3].map((count, label) => count * weights[label]!);
  for (const total of totals) expect(total).toBeCloseTo(7, 5);
  expect(weights[3]).toBe(1);
});
