/** @jest-environment ./models/testing/onnxEnvironment.cjs */
import { normaliseFeatures } from '../numeric/features';
import { seededRandom } from '../numeric/random';
import { crossValidate, foldOf } from './crossValidation';

const [rows, dimensions, classes] = [120, 8, 3];
const seed = 'folds';
const keys = Int32Array.from({ length: rows }, (_, row) => 7 * row);

/** Three groups, or with `noise` labels that have nothing to do with the features. */
function problem(noise = false) {
  const random = seededRandom(3);
  const centres = Float32Array.from({ length: classes * dimensions }, () => 2 * random.normal());
  const group = Int32Array.from({ length: rows }, (_, row) => row % classes);
  const features = Float32Array.from({ length: rows * dimensions }, (_, i) => {
    const own = group[Math.floor(i / dimensions)]!;
    return centres[own * dimensions + (i % dimensions)]! + 0.5 * random.normal();
  });
  normaliseFeatures(features, dimensions, features);
  const labels = noise ? group.map(() => random.below(classes)) : group;
  return { features, rows, dimensions, labels, classes, keys, seed, threads: 1 };
}

function accuracyOf(logits: Float32Array, labels: Int32Array): number {
  const right = [...labels].filter((label, row) => {
    const own = logits.subarray(row * classes, (row + 1) * classes);
    return own.indexOf(Math.max(...own)) === label;
  });
  return right.length / labels.length;
}

test('tells what can be learnt from what cannot: labels drawn at random are not predicted', async () => {
  const easy = problem();
  const learnt = await crossValidate(easy);
  expect(accuracyOf(learnt!.logits, easy.labels)).toBeGreaterThan(0.95);
  const noise = problem(true);
  const random = await crossValidate(noise);
  expect(accuracyOf(random!.logits, noise.labels)).toBeLessThan(0.5);
});

test('a row stays in its fold, so what was learnt before is an honest beginning', async () => {
  expect(foldOf(seed, 21)).toBe(foldOf(seed, 21));
  expect(new Set(Array.from(keys, (key) => foldOf(seed, key))).size).toBe(5);
  const noise = problem(true);
  const first = await crossValidate({ ...noise, tolerance: 1e-6 });
  const again = await crossValidate({ ...noise, tolerance: 1e-6, warmStarts: first!.heads });
  expect(accuracyOf(again!.logits, noise.labels)).toBeLessThan(0.5);
  const before = first!.heads.reduce((sum, { iterations }) => sum + iterations, 0);
  const after = again!.heads.reduce((sum, { iterations }) => sum + iterations, 0);
  expect(after).toBeLessThan(before / 2);
});

test('a class with one label is not known to the head that judges it', async () => {
  const easy = problem();
  const labels = easy.labels.map((label, row) => (row === 5 ? classes : label));
  const found = await crossValidate({ ...easy, labels, classes: classes + 1 });
  expect(found!.known[5]).toBe(0);
  expect([...found!.known].filter((known) => known === 0)).toHaveLength(1);
  expect(found!.logits.every((logit) => Number.isFinite(logit))).toBe(true);
});

test('when one head is renewed, the others judge as they are, still without having seen what they judge', async () => {
  const noise = problem(true);
  const first = await crossValidate(noise);
  const renewed = await crossValidate({ ...noise, renew: 'oldest', warmStarts: first!.heads });
  const same = renewed!.heads.filter((head, fold) => head === first!.heads[fold]);
  expect(same).toHaveLength(4);
  expect(accuracyOf(renewed!.logits, noise.labels)).toBeLessThan(0.5);
});

test('heads that know too few of the labels are all fitted anew', async () => {
  const easy = problem();
  const part = 60;
  const few = {
    ...easy,
    rows: part,
    features: easy.features.slice(0, part * dimensions),
    labels: easy.labels.slice(0, part),
    keys: keys.slice(0, part),
  };
  const first = await crossValidate(few);
  const grown = await crossValidate({ ...easy, renew: 'oldest', warmStarts: first!.heads });
  expect(grown!.heads.filter((head, fold) => head === first!.heads[fold])).toEqual([]);
  expect(accuracyOf(grown!.logits, easy.labels)).toBeGreaterThan(0.95);
});

test('heads with another penalty are all fitted anew', async () => {
  const easy = problem();
  const first = await crossValidate(easy);
  const held = { ...easy, renew: 'oldest' as const, warmStarts: first!.heads, l2: 0.1 };
  const other = await crossValidate(held);
  expect(other!.heads.filter((head, fold) => head === first!.heads[fold])).toEqual([]);
  expect(other!.heads.map(({ l2 }) => l2)).toEqual([0.1, 0.1, 0.1, 0.1, 0.1]);
});

test('where two folds are judged, nothing is said of rows of the others', async () => {
  const easy = problem();
  const found = await crossValidate({ ...easy, evaluatedFolds: 2 });
  expect(found!.heads).toHaveLength(2);
  const inTwo = Array.from(keys, (key) => (foldOf(seed, key) < 2 ? 1 : 0));
  expect([...found!.known]).toEqual(inTwo);
  const own = (row: number) => found!.logits.slice(row * classes, (row + 1) * classes);
  for (const [row, isJudged] of inTwo.entries()) expect(own(row).some(Boolean)).toBe(!!isJudged);
});

test('too few labels give nothing; wrong shapes are refused', async () => {
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
