/** @jest-environment ./models/testing/onnxEnvironment.cjs */
import { normaliseFeatures } from '../numeric/features';
import { seededRandom } from '../numeric/random';
import { marginOrder, spreadBatch } from './margin';
import { orderQueue, type QueueInput } from './queue';

const range = (count: number) => Int32Array.from({ length: count }, (_, row) => row);

/** Tight groups of rows, one per centre: row r belongs to group r % groups. */
function grouped(rows: number, groups: number, dimensions = 16): QueueInput {
  const random = seededRandom(5);
  const centres = Float32Array.from({ length: groups * dimensions }, () => random.normal());
  const features = Float32Array.from({ length: rows * dimensions }, (_, i) => {
    const group = Math.floor(i / dimensions) % groups;
    return centres[group * dimensions + (i % dimensions)]! + 0.1 * random.normal();
  });
  normaliseFeatures(features, dimensions, features);
  const none = new Int32Array(0);
  const counts = { labels: 0, classes: groups, batch: groups, seed: 1 };
  return { features, rows, dimensions, candidates: range(rows), labelled: none, ...counts };
}

const sorted = (rows: Iterable<number>) => [...rows].sort((a, b) => a - b);

describe('ordering the queue', () => {
  it('covers the space while nothing is labelled: one image of each group first', async () => {
    const order = await orderQueue(grouped(120, 8));
    expect(new Set(Array.from(order.subarray(0, 8), (row) => row % 8)).size).toBe(8);
    expect(sorted(order)).toEqual(sorted(range(120)));
  });

  it('asks about groups without a label before those that have one', async () => {
    const input = grouped(120, 8);
    const labelled = Int32Array.of(0, 1, 2, 3);
    const candidates = range(120).slice(4);
    const order = await orderQueue({ ...input, labelled, candidates, labels: 4, batch: 4 });
    expect(sorted(Array.from(order.subarray(0, 4), (row) => row % 8))).toEqual([4, 5, 6, 7]);
  });

  it('asks by margin once there are three labels per class, not before', async () => {
    const input = grouped(60, 4, 64);
    const margin = Float32Array.from({ length: 60 }, (_, row) => ((row * 7) % 60) / 60);
    const scores = { margin };
    const few = await orderQueue({ ...input, scores, labels: 11 });
    expect(new Set(Array.from(few.subarray(0, 4), (row) => row % 4)).size).toBe(4);
    const rest = Array.from(few.subarray(4), (row) => margin[row]!);
    expect(rest).toEqual([...rest].sort((a, b) => a - b));
    const many = await orderQueue({ ...input, scores, labels: 12, batch: 1 });
    expect(Array.from(many)).toEqual(Array.from(marginOrder(range(60), margin)));
  });

  it('gives the same order for the same seed', async () => {
    const input = grouped(90, 5);
    expect(await orderQueue(input)).toEqual(await orderQueue(input));
  });

  it('orders no, one and three images, identical ones, zeros and unknown margins', async () => {
    const input = grouped(3, 1, 4);
    const empty = { ...input, candidates: new Int32Array(0) };
    expect(await orderQueue(empty)).toHaveLength(0);
    expect(await orderQueue({ ...empty, rows: 0, features: new Float32Array(0) })).toHaveLength(0);
    expect(await orderQueue({ ...input, candidates: Int32Array.of(2) })).toEqual(Int32Array.of(2));
    for (const fill of [0, 10]) {
      const features = new Float32Array(12).fill(fill);
      for (const scores of [undefined, { margin: new Float32Array(3).fill(NaN) }])
        for (const labels of [0, 50])
          expect(sorted(await orderQueue({ ...input, features, scores, labels }))).toEqual([
            0, 1, 2,
          ]);
    }
  });

  it('refuses rows outside the dataset and wrong shapes', async () => {
    const input = grouped(3, 1, 4);
    const outside = { ...input, candidates: Int32Array.of(3) };
    await expect(orderQueue(outside)).rejects.toThrow('row 3 is outside 0 to 2');
    await expect(orderQueue({ ...input, rows: 4 })).rejects.toThrow(
      '[4 × 4] = 16 values, got [12]',
    );
    const scores = { margin: new Float32Array(2) };
    await expect(orderQueue({ ...input, scores })).rejects.toThrow('[3] = 3 values, got [2]');
  });
});

describe('spreading a batch', () => {
  it('moves a near-duplicate behind the batch and keeps everything else in order', () => {
    const same = (a: number, b: number) => a % 10 === b % 10;
    expect(Array.from(spreadBatch(Int32Array.of(1, 11, 2, 3, 4), 3, same))).toEqual([
      1, 2, 3, 11, 4,
    ]);
    expect(Array.from(spreadBatch(Int32Array.of(1, 2, 3), 2, same))).toEqual([1, 2, 3]);
  });
});
