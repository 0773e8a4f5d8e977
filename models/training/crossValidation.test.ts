/** @jest-environment ./models/testing/onnxEnvironment.cjs */
import { normaliseFeatures } from '../numeric/features';
import { seededRandom } from '../numeric/random';
import { crossValidate, foldOf } from './crossValidation';

const [rows, dimensions, classes] = [120, 8, 3];
const seed = 'folds';
const keys = Int32Array.from({ length: rows }, (_, row) => 7 * row);

/** Builds a problem of three groups. With `noise`, the labels are random. */
function problem(noise = false) {
  const randomSource = seededRandom(3);
  const centres = Float32Array.from(
    { length: classes * dimensions },
    () => 2 * randomSource.normal(),
  );
  const group = Int32Array.from({ length: rows }, (_, row) => row % classes);
  const features = Float32Array.from({ length: rows * dimensions }, (_, i) => {
    const rowGroup = group[Math.floor(i / dimensions)]!;
    return centres[rowGroup * dimensions + (i % dimensions)]! + 0.5 * randomSource.normal();
  });
  normaliseFeatures(features, dimensions, features);
  const labels = noise ? group.map(() => randomSource.below(classes)) : group;
  return { features, rows, dimensions, labels, classes, keys, seed, threads: 1 };
}

function accuracyOf(logits: Float32Array, labels: Int32Array): number {
  const correct = [...labels].filter((label, row) => {
    const rowLogits = logits.subarray(row * classes, (row + 1) * classes);
    return rowLogits.indexOf(Math.max(...rowLogits)) === label;
  });
  return correct.length / labels.length;
}

test('predicts labels that can be learnt, but not random labels', async () => {
  const easy = problem();
  const easyResult = await crossValidate(easy);
  expect(accuracyOf(easyResult!.logits, easy.labels)).toBeGreaterThan(0.95);
  const noise = problem(true);
  const randomSource = await crossValidate(noise);
  expect(accuracyOf(randomSource!.logits, noise.labels)).toBeLessThan(0.5);
});

test('a row stays in its fold, so a warm start does not leak labels', async () => {
  expect(foldOf(seed, 21)).toBe(foldOf(seed, 21));
  expect(new Set(Array.from(keys, (key) => foldOf(seed, key))).size).toBe(5);
  const noise = problem(true);
  const first = await crossValidate({ ...noise, tolerance: 1e-6 });
  const repeated = await crossValidate({ ...noise, tolerance: 1e-6, warmStarts: first!.heads });
  expect(accuracyOf(repeated!.logits, noise.labels)).toBeLessThan(0.5);
  const before = first!.heads.reduce((sum, { iterations }) => sum + iterations, 0);
  const after = repeated!.heads.reduce((sum, { iterations }) => sum + iterations, 0);
  expect(after).toBeLessThan(before / 2);
});

test('a class with one label is unknown to the head that evaluates it', async () => {
  const easy = problem();
  const labels = easy.labels.map((label, row) => (row === 5 ? classes : label));
  const result = await crossValidate({ ...easy, labels, classes: classes + 1 });
  expect(result!.known[5]).toBe(0);
  expect([...result!.known].filter((known) => known === 0)).toHaveLength(1);
  expect(result!.logits.every((logit) => Number.isFinite(logit))).toBe(true);
});

test('if one head is renewed, the others are reused and stay out of fold', async () => {
  const noise = problem(true);
  const first = await crossValidate(noise);
  const partial = await crossValidate({ ...noise, renew: 'oldest', warmStarts: first!.heads });
  const reused = partial!.heads.filter((head, fold) => head === first!.heads[fold]);
  expect(reused).toHaveLength(4);
  expect(accuracyOf(partial!.logits, noise.labels)).toBeLessThan(0.5);
});

test('heads that were fitted on too few of the labels are all fitted again', async () => {
  const easy = problem();
  const partRows = 60;
  const partInput = {
    ...easy,
    rows: partRows,
    features: easy.features.slice(0, partRows * dimensions),
    labels: easy.labels.slice(0, partRows),
    keys: keys.slice(0, partRows),
  };
  const first = await crossValidate(partInput);
  const grown = await crossValidate({ ...easy, renew: 'oldest', warmStarts: first!.heads });
  expect(grown!.heads.filter((head, fold) => head === first!.heads[fold])).toEqual([]);
  expect(accuracyOf(grown!.logits, easy.labels)).toBeGreaterThan(0.95);
});

test('heads with another penalty are all fitted again', async () => {
  const easy = problem();
  const first = await crossValidate(easy);
  const withOtherPenalty = { ...easy, renew: 'oldest' as const, warmStarts: first!.heads, l2: 0.1 };
  const other = await crossValidate(withOtherPenalty);
  expect(other!.heads.filter((head, fold) => head === first!.heads[fold])).toEqual([]);
  expect(other!.heads.map(({ l2 }) => l2)).toEqual([0.1, 0.1, 0.1, 0.1, 0.1]);
});

test('with two evaluated folds, rows of the other folds get no prediction', async () => {
  const easy = problem();
  const result = await crossValidate({ ...easy, evaluatedFolds: 2 });
  expect(result!.heads).toHaveLength(2);
  const isEvaluated = Array.from(keys, (key) => (foldOf(seed, key) < 2 ? 1 : 0));
  expect([...result!.known]).toEqual(isEvaluated);
  const rowLogits = (row: number) => result!.logits.slice(row * classes, (row + 1) * classes);
  for (const [row, expected] of isEvaluated.entries())
    expect(rowLogits(row).some(Boolean)).toBe(!!expected);
});

test('too few labels give no result, and wrong shapes are refused', async () => {
  const easy = problem();
  const two = {
    ...easy,
    rows: 2,
    features: easy.features.slice(0, 2 * dimensions),
    labels: Int32Array.of(0, 1),
    keys: Int32Array.of(0, 1),
  };
  expect(await crossValidate(two)).toBeUndefined();
  await expect(crossValidate({ ...easy, keys: keys.slice(1) })).rejects.toThrow(
    'expected [120], got [119]',
  );
});
