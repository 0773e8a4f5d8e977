import type { FoldHead } from '../../../../models/training';
import { FoldHeadCache } from './foldHeadCache';

/** A head in one dimension whose weights name its classes: 1 for the first one, 2 for the second. */
const foldHead = {
  weights: Float32Array.from([1, 2]),
  bias: Float32Array.from([10, 20]),
  classesSeen: [0, 1],
  curvature: [{ step: new Float32Array(2), change: new Float32Array(2), curvature: 1 }],
  l2: 0.5,
} as unknown as FoldHead;
const folds = { classIds: ['cat', 'dog'], dimensions: 1, heads: [foldHead] };

test('the same classes get the heads unchanged', () => {
  const cache = new FoldHeadCache();
  cache.save('dataset net', folds);
  expect(cache.warmStarts('dataset net', folds)).toBe(folds.heads);
});

test('heads follow their classes to other columns, and a removed class is no longer seen', () => {
  const cache = new FoldHeadCache();
  cache.save('dataset net', folds);
  const [moved] = cache.warmStarts('dataset net', { classIds: ['owl', 'cat'], dimensions: 1 })!;
  expect([...moved!.weights]).toEqual([0, 1]);
  expect([...moved!.bias]).toEqual([0, 10]);
  expect(moved).toMatchObject({ classesSeen: [1], curvature: [], l2: 0.5 });
});

test('another dataset or another size of embeddings gets no warm start', () => {
  const cache = new FoldHeadCache();
  cache.save('dataset net', folds);
  expect(cache.warmStarts('other net', folds)).toBeUndefined();
  expect(cache.warmStarts('dataset net', { ...folds, dimensions: 2 })).toBeUndefined();
});

test('the newest heads are kept, as many as there is memory for', () => {
  const cache = new FoldHeadCache();
  const large = { ...foldHead, weights: new Float32Array(25 * 2 ** 20) };
  for (const id of ['a', 'b', 'c']) cache.save(id, { ...folds, heads: [large] });
  expect(cache.warmStarts('a', folds)).toBeUndefined();
  expect(cache.warmStarts('b', folds)).toEqual([large]);
  expect(cache.warmStarts('c', folds)).toEqual([large]);
});
