import type { StoredModel } from '../model.ports';
import { warmStartOf } from './modelStore';

const head = (weights: number[], bias: number[]) => ({
  weights: Float32Array.from(weights),
  bias: Float32Array.from(bias),
});
const previous: StoredModel = {
  runId: 'run',
  datasetId: 'dataset',
  backboneId: 'net',
  classIds: ['cat', 'dog'],
  temperature: 2,
  dimensions: 2,
  head: head([1, 2, 3, 4], [5, 6]),
};

test('columns follow their classes, without the temperature, and a new class starts at zero', () => {
  const warm = warmStartOf(previous, 'net', ['dog', 'owl', 'cat']);
  expect([...(warm?.weights ?? [])]).toEqual([4, 0, 2, 8, 0, 6]);
  expect([...(warm?.bias ?? [])]).toEqual([12, 0, 10]);
});

test('the head of another backbone is not a warm start', () => {
  expect(warmStartOf(previous, 'other', ['cat', 'dog'])).toBeUndefined();
  expect(warmStartOf(undefined, 'net', ['cat', 'dog'])).toBeUndefined();
});
