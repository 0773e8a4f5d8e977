/** @jest-environment ./models/testing/onnxEnvironment.cjs */
import { excludeClasses } from './excludeClasses';
import { scoreHead } from './score';

const head = {
  weights: Float32Array.from([3, 2, 0, -1, 0, 1, 2, 3]),
  bias: new Float32Array(4),
};
const features = Float32Array.from([1, 0, 0, 1]);
const scored = () => scoreHead({ head, features, rows: 2, dimensions: 2, classes: 4 });
const logits = Float32Array.from([3, 2, 0, -1]);

test('an excluded class is never predicted, and the others share its probability', async () => {
  const before = await scored();
  const after = await scored();
  excludeClasses(after, [{ row: 0, classes: new Set([0]) }], logits, 4);
  expect([before.classIndex[0], after.classIndex[0]]).toEqual([0, 1]);
  const [, p1 = 0, p2 = 0] = before.topConfidence;
  expect(after.confidence[0]).toBeCloseTo(p1 / (1 - before.confidence[0]!), 5);
  expect(after.margin[0]).toBeCloseTo((p1 - p2) / (1 - before.confidence[0]!), 5);
  expect([...after.top.subarray(0, 4)]).toEqual([1, 2, 3, 0]);
  expect(after.topConfidence[3]).toBe(0);
  expect(after.topConfidence.subarray(0, 4).reduce((sum, p) => sum + p)).toBeCloseTo(1, 5);
});

test('other rows stay as they are', async () => {
  const [before, after] = [await scored(), await scored()];
  excludeClasses(after, [{ row: 0, classes: new Set([0]) }], logits, 4);
  expect(after.classIndex[1]).toBe(before.classIndex[1]);
  expect(after.confidence[1]).toBe(before.confidence[1]);
});

test('excluding nothing changes nothing, and one class left is certain', async () => {
  const [before, same, single] = [await scored(), await scored(), await scored()];
  excludeClasses(same, [{ row: 0, classes: new Set() }], logits, 4);
  expect(same.confidence[0]).toBeCloseTo(before.confidence[0]!, 5);
  expect(same.entropy[0]).toBeCloseTo(before.entropy[0]!, 4);
  excludeClasses(single, [{ row: 0, classes: new Set([0, 1, 2]) }], logits, 4);
  expect(single).toMatchObject({ classIndex: Int32Array.from([3, before.classIndex[1]!]) });
  expect([single.confidence[0], single.margin[0], single.entropy[0]]).toEqual([1, 1, 0]);
});

test('a row with all classes excluded keeps its scores', async () => {
  const [before, after] = [await scored(), await scored()];
  excludeClasses(after, [{ row: 0, classes: new Set([0, 1, 2, 3]) }], logits, 4);
  expect(after).toEqual(before);
});
