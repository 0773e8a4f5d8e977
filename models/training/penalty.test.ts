/** @jest-environment ./models/testing/onnxEnvironment.cjs */
import { normaliseFeatures } from '../numeric/features';
import { seededRandom } from '../numeric/random';
import { fitHead, headDefaults } from './head';
import { headLogits } from './logits';
import { choosePenalty, isPenaltyChoiceDue, penalties } from './penalty';

const [dimensions, classes] = [64, 4];
const centre = seededRandom('centres');
const centres = Float32Array.from({ length: classes * dimensions }, () => centre.normal());

/** Rows around four centres, a share of their labels drawn at random. */
function problem(rows: number, wrongShare: number, seed = 1) {
  const random = seededRandom(seed);
  const truth = Int32Array.from({ length: rows }, () => random.below(classes));
  const features = Float32Array.from({ length: rows * dimensions }, (_, i) => {
    const own = truth[Math.floor(i / dimensions)]!;
    return centres[own * dimensions + (i % dimensions)]! + 1.5 * random.normal();
  });
  normaliseFeatures(features, dimensions, features);
  const labels = truth.map((k) => (random.next() < wrongShare ? random.below(classes) : k));
  const keys = Int32Array.from(truth.keys());
  return { features, rows, dimensions, classes, labels, keys, truth, seed: 'folds', threads: 1 };
}

async function accuracyOnNew(given: ReturnType<typeof problem>, l2: number): Promise<number> {
  const head = await fitHead({ ...given, l2 });
  const { features, rows, truth } = problem(1000, 0, 2);
  const logits = await headLogits(head, features, rows, dimensions);
  const isRight = (row: number) => {
    const own = logits.subarray(row * classes, (row + 1) * classes);
    return own.indexOf(Math.max(...own)) === truth[row];
  };
  return [...truth.keys()].filter(isRight).length / rows;
}

test('wrong labels call for a stronger penalty, and heads are right more often with it', async () => {
  const wrong = problem(200, 0.4);
  const chosen = await choosePenalty(wrong);
  expect(penalties).toContain(chosen!.l2);
  expect(chosen!.labels).toBe(200);
  expect(chosen!.l2).toBeGreaterThan(headDefaults.l2);
  const [usual, held] = [headDefaults.l2, chosen!.l2].map((l2) => accuracyOnNew(wrong, l2));
  expect(await held!).toBeGreaterThan((await usual!) + 0.02);
});

test('a penalty far too strong for right labels is taken back', async () => {
  const chosen = { l2: penalties.at(-1)!, labels: 40 };
  const next = await choosePenalty({ ...problem(200, 0), chosen });
  expect(next!.l2).toBeLessThan(chosen.l2);
});

test('a choice stands until there are twice as many labels', async () => {
  const chosen = { l2: penalties[1]!, labels: 101 };
  expect(await choosePenalty({ ...problem(200, 0.4), chosen })).toBe(chosen);
  const due = await choosePenalty({ ...problem(202, 0.4), chosen });
  expect(due!.labels).toBe(202);
});

test('a choice is due without an earlier one, and once labels have doubled', () => {
  const chosen = { l2: penalties[1]!, labels: 100 };
  expect(isPenaltyChoiceDue(undefined, 1)).toBe(true);
  expect(isPenaltyChoiceDue(chosen, 199)).toBe(false);
  expect(isPenaltyChoiceDue(chosen, 200)).toBe(true);
});

test('what cannot be judged changes nothing', async () => {
  expect(await choosePenalty(problem(3, 0))).toBeUndefined();
  expect(await choosePenalty(problem(60, 0.4))).toBeUndefined();
  const same = problem(100, 0);
  const alike = { ...same, features: same.features.fill(0.1) };
  expect((await choosePenalty(alike))!.l2).toBe(headDefaults.l2);
});

test('ends with its signal', async () => {
  const signal = AbortSignal.abort();
  await expect(choosePenalty({ ...problem(200, 0.4), signal })).rejects.toMatchObject({
    name: 'AbortError',
  });
});
