/** @jest-environment ./models/testing/onnxEnvironment.cjs */
import { groupedFeatures } from '../testing/groupedFeatures';
import { Pool } from './pool';
import { orderQueue } from './queue';
import { takeRows } from './sketch';
import { diversifyBatch } from './diversifyBatch';
import type { AcquisitionState } from './state';
import { strategies } from './strategies';
import { unseenShare } from './strategies/default';

const range = (count: number) => Int32Array.from({ length: count }, (_, row) => row);
const sorted = (rows: Iterable<number>) => [...rows].sort((a, b) => a - b);

/** Builds tight groups of rows around centres. Row r belongs to group r % groups. */
function grouped(rows: number, groups: number, noise = 0.1, dimensions = 16): AcquisitionState {
  const features = groupedFeatures({ rows, groups, dimensions, noise, seed: 5 });
  return {
    pool: new Pool(rows, dimensions, () => features),
    read: (rowsToRead) => takeRows(features, dimensions, rowsToRead),
    candidates: range(rows),
    labelled: new Int32Array(0),
    labels: new Int32Array(0),
    classes: groups,
    seed: 1,
  };
}

/** Returns the state after the given rows were labelled with their groups. */
function withLabels(state: AcquisitionState, rows: readonly number[]): AcquisitionState {
  const known = new Set(rows);
  return {
    ...state,
    labelled: Int32Array.from(rows),
    labels: Int32Array.from(rows, (row) => row % state.classes),
    candidates: state.candidates.filter((row) => !known.has(row)),
  };
}

/** Builds scores that divide each row's probability between its group and the next. */
function scoresOf(state: AcquisitionState, margin: (row: number) => number) {
  const rows = range(state.pool.rows);
  const top = rows.length === 0 ? [] : [...rows].flatMap((row) => [row, row + 1]);
  return {
    margin: Float32Array.from(rows, margin),
    entropy: Float32Array.from(rows, (row) => 1 - margin(row)),
    confidence: Float32Array.from(rows, (row) => (1 + margin(row)) / 2),
    topCount: 2,
    top: Int32Array.from(top, (row) => row % state.classes),
    topConfidence: Float32Array.from(
      [...rows].flatMap((row) => [(1 + margin(row)) / 2, (1 - margin(row)) / 2]),
    ),
  };
}

describe('ordering the queue', () => {
  it('takes one image of each group first while nothing is labelled', async () => {
    const { order, reasons } = await orderQueue(grouped(120, 8), 8);
    expect(new Set(Array.from(order.subarray(0, 8), (row) => row % 8)).size).toBe(8);
    expect(sorted(order)).toEqual(sorted(range(120)));
    expect(reasons[0]).toBe('COVER');
  });

  it('takes groups without a label before groups with one', async () => {
    const state = withLabels(grouped(120, 8), [0, 1, 2, 3]);
    const { order } = await orderQueue(state, 4);
    expect(sorted(Array.from(order.subarray(0, 4), (row) => row % 8))).toEqual([4, 5, 6, 7]);
  });

  it('counts leased images as labelled, and puts none of them into the batch', async () => {
    const leased = Int32Array.of(4, 5);
    const state = { ...withLabels(grouped(120, 8), [0, 1, 2, 3]), leased };
    const { order } = await orderQueue(state, 2);
    expect(sorted(Array.from(order.subarray(0, 2), (row) => row % 8))).toEqual([6, 7]);
    expect(sorted(order)).toEqual(sorted(state.candidates));
  });

  it('takes uncertain images once every class has two labels', async () => {
    const state = withLabels(grouped(120, 4), [0, 1, 2, 3, 4, 5, 6, 7]);
    const scores = scoresOf(state, (row) => (row % 4 === 2 ? 0.05 : 0.95));
    const { order, reasons } = await orderQueue({ ...state, scores }, 3);
    expect(Array.from(order.subarray(0, 3), (row) => row % 4)).toEqual([2, 2, 2]);
    expect(reasons[0]).toBe('UNCERTAIN');
  });

  it('takes exactly one entry in 20 from the fixed random order', async () => {
    const state = { ...grouped(100, 5), candidates: range(100).reverse() };
    const { order, reasons } = await orderQueue(state, 40);
    const drawn = reasons
      .slice(0, 40)
      .flatMap((reason, index) => (reason === 'RANDOM' ? [index] : []));
    expect(drawn).toEqual([19, 39]);
    const before = new Set(order.subarray(0, 19));
    expect(order[19]).toBe(state.candidates.find((row) => !before.has(row)));
  });

  it('continues the count to 20 over all labels when the queue is ordered again', async () => {
    const state = withLabels(grouped(120, 4), [...range(15)]);
    const { reasons } = await orderQueue(state, 6);
    expect(reasons.slice(0, 6).indexOf('RANDOM')).toBe(4);
  });

  it('keeps similar images apart, so that no two consecutive ones share a group', async () => {
    const { order } = await orderQueue(grouped(120, 6, 0.3), 18);
    const groups = Array.from(order.subarray(0, 9), (row) => row % 6);
    expect(groups.some((group, index) => index > 0 && group === groups[index - 1])).toBe(false);
  });

  it('gives the same order for the same state', async () => {
    expect(await orderQueue(grouped(90, 5), 10)).toEqual(await orderQueue(grouped(90, 5), 10));
  });

  it('accepts no, one and three images, identical ones, zeros and NaN margins', async () => {
    const state = grouped(3, 1, 0.1, 4);
    const none = { ...state, candidates: new Int32Array(0) };
    expect((await orderQueue(none, 5)).order).toHaveLength(0);
    expect((await orderQueue({ ...state, candidates: Int32Array.of(2) }, 5)).order).toEqual(
      Int32Array.of(2),
    );
    for (const fill of [0, 10]) {
      const features = new Float32Array(12).fill(fill);
      const pool = new Pool(3, 4, () => features);
      for (const scores of [undefined, { margin: new Float32Array(3).fill(NaN) }])
        for (const batch of [1, 50])
          expect(sorted((await orderQueue({ ...state, pool, scores }, batch)).order)).toEqual([
            0, 1, 2,
          ]);
    }
  });

  it('refuses rows outside the pool and wrong shapes', async () => {
    const state = grouped(3, 1, 0.1, 4);
    const outside = { ...state, candidates: Int32Array.of(3) };
    await expect(orderQueue(outside, 1)).rejects.toThrow('row 3 is outside 0 to 2');
    const scores = { margin: new Float32Array(2) };
    await expect(orderQueue({ ...state, scores }, 1)).rejects.toThrow('[3] = 3 values, got [2]');
    const labels = Int32Array.of(1);
    await expect(orderQueue({ ...state, labels }, 1)).rejects.toThrow('[0] = 0 values, got [1]');
  });
});

describe('the share of unseen classes', () => {
  it('is 1 without labels, then the share of single labels, and 0 once every class has two', () => {
    expect(unseenShare({ labels: Int32Array.of() })).toBe(1);
    expect(unseenShare({ labels: Int32Array.of(0, 0, 1, 2) })).toBe(0.5);
    expect(unseenShare({ labels: Int32Array.of(0, 0, 1, 1) })).toBe(0);
  });
});

describe('strategies', () => {
  const start = withLabels(grouped(60, 4), [0, 1, 2, 3, 4, 5, 6, 7]);
  const state = { ...start, scores: scoresOf(start, (row) => ((row * 7) % 60) / 60) };

  it.each(Object.entries(strategies))(
    '%s chooses the requested number of different candidates, and repeats its choice',
    async (_, choose) => {
      const open = new Set(state.candidates);
      for (const input of [state, { ...start, scores: undefined }]) {
        const chosen = await choose(input, 7);
        expect(chosen).toHaveLength(7);
        expect(new Set(chosen).size).toBe(7);
        expect([...chosen].every((row) => open.has(row))).toBe(true);
        expect(await choose(input, 7)).toEqual(chosen);
      }
    },
  );

  it.each(Object.entries(strategies))('%s chooses no leased images', async (_, choose) => {
    const leased = state.candidates.slice(0, 40);
    const taken = new Set(leased);
    const chosen = await choose({ ...state, leased }, 12);
    expect([...chosen].filter((row) => taken.has(row))).toEqual([]);
  });

  it('take the least certain rows by margin and entropy, and the first rows at random', async () => {
    const byMargin = [...state.candidates].sort(
      (a, b) => state.scores.margin[a]! - state.scores.margin[b]!,
    );
    expect(Array.from(await strategies.margin(state, 5))).toEqual(byMargin.slice(0, 5));
    expect(Array.from(await strategies.entropy(state, 5))).toEqual(byMargin.slice(0, 5));
    expect(await strategies.random(state, 5)).toEqual(state.candidates.slice(0, 5));
  });

  it('k-center and TypiClust choose groups without a label first', async () => {
    const few = withLabels(grouped(60, 4), [0, 1]);
    for (const choose of [strategies.kCenter, strategies.typiclust])
      expect(sorted(Array.from(await choose(few, 2), (row) => row % 4))).toEqual([2, 3]);
  });
});

describe('diversifying a batch', () => {
  it('moves a near-duplicate behind the batch and keeps the order of the rest', () => {
    const same = (a: number, b: number) => a % 10 === b % 10;
    expect(Array.from(diversifyBatch(Int32Array.of(1, 11, 2, 3, 4), 3, same))).toEqual([
      1, 2, 3, 11, 4,
    ]);
    expect(Array.from(diversifyBatch(Int32Array.of(1, 2, 3), 2, same))).toEqual([1, 2, 3]);
  });
});
