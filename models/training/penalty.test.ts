/** @jest-environment ./models/testing/onnxEnvironment.cjs */
import { normaliseFeatures } from '../numeric/features';
import { seededRandom } from '../numeric/random';
import { fitHead, headDefaults } from './head';
import { headLogits } from './logits';
import { choosePenalty, isPenaltyChoiceDue, penalties } from './penalty';

const [dimensions, classes] = [64, 4];
const centreRandom = seededRandom('centres');
const centres = Float32Array.from({ length: classes * dimensions }, () => centreRandom.normal());

/** Draws rows around four centres. A share of their labels is random. */
function problem(rows: number, errorShare: number, seed = 1) {
  const random = seededRandom(seed);
  const truth = Int32Array.from({ length: rows }, () => random.below(classes));
  const features = Float32Array.from({ length: rows * dimensions }, (_, i) => {
    const rowClass = truth[Math.floor(i / dimensions)]!;
    return centres[rowClass * dimensions + (i % dimensions)]! + 1.5 * random.normal();
  });
  normaliseFeatures(features, dimensions, features);
  const labels = truth.map((k) => (random.next() < errorShare ? random.below(classes) : k));
  const keys = Int32Array.from(truth.keys());
  return { features, rows, dimensions, classes, labels, keys, truth, seed: 'folds', threads: 1 };
}

async function accuracyOnNew(training: ReturnType<typeof problem>, l2: number): Promise<number> {
  const head = await fitHead({ ...training, l2 });
  const { features, rows, truth } = problem(1000, 0, 2);
  const logits = await headLogits(head, features, rows, dimensions);
  const isCorrect = (row: number) => {
    const rowLogits = logits.subarray(row * classes, (row + 1) * classes);
    return rowLogits.indexOf(Math.max(...rowLogits)) === truth[row];
  };
  return [...truth.keys()].filter(isCorrect).length / rows;
}

test('wrong labels need a stronger penalty, which gives more accurate heads', async () => {
  const withErrors = problem(200, 0.4);
  const chosen = await choosePenalty(withErrors);
  expect(penalties).toContain(chosen!.l2);
  expect(chosen!.labels).toBe(200);
  expect(chosen!.l2).toBeGreaterThan(headDefaults.l2);
  const [withDefault, withChosen] = [headDefaults.l2, chosen!.l2].map((l2) =>
    accuracyOnNew(withErrors, l2),
  );
  expect(await withChosen!).toBeGreaterThan((await withDefault!) + 0.02);
});

test('a penalty that is too strong for correct labels is reduced', async () => {
  const chosen = { l2: penalties.at(-1)!, labels: 40 };
  const next = await choosePenalty({ ...problem(200, 0), chosen });
  expect(next!.l2).toBeLessThan(chosen.l2);
});

test('a choice is kept until there are twice as many labels', async () => {
  const chosen = { l2: penalties[1]!, labels: 101 };
  expect(await choosePenalty({ ...problem(200, 0.4), chosen })).toBe(chosen);
  const later = await choosePenalty({ ...problem(202, 0.4), chosen });
  expect(later!.labels).toBe(202);
});

test('a choice is due without a previous one, and once the labels have doubled', () => {
  const chosen = { l2: penalties[1]!, labels: 100 };
  expect(isPenaltyChoiceDue(undefined, 1)).toBe(true);
  expect(isPenaltyChoiceDue(chosen, 199)).toBe(false);
  expect(isPenaltyChoiceDue(chosen, 200)).toBe(true);
});

test('nothing changes if penalties cannot be compared', async () => {
  expect(await choosePenalty(problem(3, 0))).toBeUndefined();
  expect(await choosePenalty(problem(60, 0.4))).toBeUndefined();
  const problemOfOneKind = problem(100, 0);
  const identicalRows = { ...problemOfOneKind, features: problemOfOneKind.features.fill(0.1) };
  expect((await choosePenalty(identicalRows))!.l2).toBe(headDefaults.l2);
});

test('stops with its signal', async () => {
  const signal = AbortSignal.abort();
  await expect(choosePenalty({ ...problem(200, 0.4), signal })).rejects.toMatchObject({
    name: 'AbortError',
  });
});
