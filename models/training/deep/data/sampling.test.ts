import { balancedWeights, epochOrder, splitIntoBatches, type Sampling } from './sampling';

/** 12 images of class 0, 6 of class 1, 3 of class 2 and none of class 3. */
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
  it('contains every image once without resampling', () => {
    expect(Array.from(order('none')).sort((a, b) => a - b)).toEqual(
      Array.from(labels, (_, row) => row),
    );
  });

  it('oversamples small classes to the size of the largest, with every image at least once', () => {
    expect(counts(order('over'))).toEqual([12, 12, 12]);
    expect(new Set(order('over')).size).toBe(labels.length);
  });

  it('undersamples large classes to the size of the smallest, and changes from epoch to epoch', () => {
    expect(counts(order('under'))).toEqual([3, 3, 3]);
    expect(new Set(order('under')).size).toBe(9);
    expect(order('under', 1)).not.toEqual(order('under', 2));
  });

  it('depends only on the seed and the epoch', () => {
    expect(order('none', 3)).toEqual(order('none', 3));
    expect(order('none', 3)).not.toEqual(order('none', 4));
    expect(order('none', 3)).not.toEqual(order('none', 3, 2));
  });
});

describe('batches', () => {
  const sizes = (images: number, batchSize: number) =>
    splitIntoBatches(new Int32Array(images), batchSize).map(({ length }) => length);

  it('contain all images in order, and never leave a single image over', () => {
    expect(sizes(10, 4)).toEqual([4, 4, 2]);
    expect(sizes(9, 4)).toEqual([4, 5]);
    expect(sizes(3, 8)).toEqual([3]);
    expect(sizes(3, 1)).toEqual([1, 1, 1]);
    expect(splitIntoBatches(Int32Array.of(5, 6, 7), 2).map((rows) => Array.from(rows))).toEqual([
      [5, 6, 7],
    ]);
  });
});

test('balanced weights give every class with images the same total weight', () => {
  const weights = balancedWeights(labels, 4);
  const totals = [12, 6, 3].map((count, label) => count * weights[label]!);
  for (const total of totals) expect(total).toBeCloseTo(7, 5);
  expect(weights[3]).toBe(1);
});
