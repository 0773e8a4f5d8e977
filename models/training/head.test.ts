/** @jest-environment ./models/testing/onnxEnvironment.cjs */
import { normaliseFeatures } from '../numeric/features';
import { fromHalf, toHalf } from '../numeric/float16';
import { seededRandom } from '../numeric/random';
import { fitHead, headDefaults, type FitHeadInput, type Head } from './head';
import { createScorer, scoreHead } from './score';

/** Draws normally distributed clusters, one per class. */
function clusters(rows: number, dimensions: number, classes: number): FitHeadInput {
  const random = seededRandom(7);
  const centres = Float32Array.from({ length: classes * dimensions }, () => random.normal());
  // The first class has three times as many rows as each of the others.
  const labels = Int32Array.from({ length: rows }, (_, row) =>
    Math.max(0, (row % (classes + 2)) - 2),
  );
  const features = Float32Array.from({ length: rows * dimensions }, (_, i) => {
    const row = Math.floor(i / dimensions);
    return 1 + centres[labels[row]! * dimensions + (i % dimensions)]! + random.normal();
  });
  normaliseFeatures(features, dimensions, features);
  return { features, rows, dimensions, labels, classes, threads: 1 };
}

const logitsOf = ({ features, dimensions, classes }: FitHeadInput, row: number, head: Head) =>
  Array.from({ length: classes }, (_, k) => {
    let z = head.bias[k]!;
    for (let j = 0; j < dimensions; j++)
      z += features[row * dimensions + j]! * head.weights[j * classes + k]!;
    return z;
  });

/**
 * Computes the mean squared distance of logits from their class mean, averaged over the classes.
 */
function scatterOf(input: FitHeadInput, head: Head): number {
  const { rows, labels, classes } = input;
  const logits = Array.from({ length: rows }, (_, row) => logitsOf(input, row, head));
  let sum = 0;
  for (let label = 0; label < classes; label++) {
    const classLogits = logits.filter((_, row) => labels[row] === label);
    for (let k = 0; k < classes; k++) {
      const mean = classLogits.reduce((total, z) => total + z[k]!, 0) / classLogits.length;
      for (const z of classLogits) sum += (z[k]! - mean) ** 2 / classLogits.length;
    }
  }
  return sum / classes;
}

/** Computes the objective independently, in double precision. */
function objective(input: FitHeadInput, head: Head): number {
  const { rows, labels } = input;
  let loss = 0;
  for (let row = 0; row < rows; row++) {
    const logits = logitsOf(input, row, head);
    loss += Math.log(logits.reduce((sum, z) => sum + Math.exp(z), 0)) - logits[labels[row]!]!;
  }
  const squares = Array.from(head.weights).reduce((sum, w) => sum + w * w, 0);
  return (
    loss / rows +
    (headDefaults.l2 / 2) * squares +
    (headDefaults.withinClassScatter / 2) * scatterOf(input, head)
  );
}

describe('fitting the head', () => {
  const input = clusters(120, 12, 4);

  it('reaches the optimum, so that no small change of a weight lowers the objective', async () => {
    const head = await fitHead({ ...input, tolerance: 1e-7 });
    expect(head.loss).toBeCloseTo(objective(input, head), 4);
    for (const index of [0, 5, 17, 47])
      for (const change of [-0.02, 0.02]) {
        const weights = Float32Array.from(head.weights);
        weights[index]! += change;
        expect(objective(input, { ...head, weights })).toBeGreaterThan(head.loss - 1e-6);
      }
  });

  it('reduces the within-class scatter of logits if it is penalised', async () => {
    const strict = await fitHead({ ...input, withinClassScatter: 0.1 });
    const unpenalised = await fitHead({ ...input, withinClassScatter: 0 });
    expect(scatterOf(input, strict)).toBeLessThan(scatterOf(input, unpenalised) / 2);
    expect(strict.trainAccuracy).toBeGreaterThan(0.9);
  });

  it('counts all classes the same if balanced, and all rows the same otherwise', async () => {
    // The feature is constant, so the bias alone shows the weight of each class.
    const labels = Int32Array.from({ length: 40 }, (_, row) => (row < 30 ? 0 : 1));
    const problem = { features: new Float32Array(40).fill(1), rows: 40, dimensions: 1, labels };
    const strict = { ...problem, classes: 2, tolerance: 1e-9 };
    const balanced = await fitHead({ ...strict, balanced: true });
    const byRows = await fitHead(strict);
    const odds = ({ weights, bias }: Head) => bias[0]! + weights[0]! - bias[1]! - weights[1]!;
    expect(odds(balanced)).toBeCloseTo(0, 2);
    expect(odds(byRows)).toBeCloseTo(Math.log(3), 2);
  });

  it('stops by itself within the tolerance of a long, strict fit', async () => {
    const strict = await fitHead({ ...input, tolerance: 1e-8, maxIterations: 500 });
    const head = await fitHead(input);
    expect(head.loss / strict.loss - 1).toBeLessThan(5e-4);
    expect(head.iterations).toBeLessThan(strict.iterations);
    expect(head.trainAccuracy).toBeGreaterThan(0.9);
  });

  it('reaches the same optimum from a warm start in fewer steps', async () => {
    const cold = await fitHead(input);
    const warm = await fitHead({ ...input, warmStart: cold });
    expect(warm.iterations).toBeLessThan(cold.iterations / 2);
    expect(Math.abs(warm.loss / cold.loss - 1)).toBeLessThan(5e-4);
  });

  it('learns classes that the warm start was not fitted on', async () => {
    const wide = clusters(120, 64, 20);
    const firstRows = Int32Array.from({ length: 12 }, (_, row) => row);
    const first = await fitHead({
      ...wide,
      features: wide.features.slice(0, firstRows.length * 64),
      labels: wide.labels.slice(0, firstRows.length),
      rows: firstRows.length,
    });
    expect(first.trainAccuracy).toBe(1);
    const cold = await fitHead(wide);
    const warm = await fitHead({ ...wide, warmStart: first });
    expect(warm.iterations).toBeGreaterThan(0);
    expect(warm.loss / cold.loss).toBeLessThan(1.02);
  });

  it('counts a row of weight 2 as two rows, and one of weight 0 as none', async () => {
    const { features, dimensions, labels, rows } = input;
    const rowWeights = Float32Array.from({ length: rows }, (_, row) => row % 3);
    const weighted = await fitHead({ ...input, rowWeights, tolerance: 1e-6 });
    const repeatedRows = Array.from({ length: rows }, (_, row) => row).flatMap((row) =>
      Array.from({ length: row % 3 }, () => row),
    );
    const repeated = await fitHead({
      ...input,
      tolerance: 1e-6,
      features: Float32Array.from(
        repeatedRows.flatMap((row) => [
          ...features.subarray(row * dimensions, (row + 1) * dimensions),
        ]),
      ),
      labels: Int32Array.from(repeatedRows, (row) => labels[row]!),
      rows: repeatedRows.length,
    });
    expect(weighted.loss).toBeCloseTo(repeated.loss, 4);
    const plain = await fitHead({ ...input, tolerance: 1e-6 });
    expect(Math.abs(weighted.loss - plain.loss)).toBeGreaterThan(1e-3);
  });

  it('refuses weights that are negative, all zero or too few', async () => {
    const withWeights = (rowWeights: Float32Array) => fitHead({ ...input, rowWeights });
    await expect(withWeights(new Float32Array(3))).rejects.toThrow('got [3]');
    await expect(withWeights(new Float32Array(120))).rejects.toThrow('all are 0');
    const negative = new Float32Array(120).fill(1).fill(-1, 5, 6);
    await expect(withWeights(negative)).rejects.toThrow('row 5 has -1');
  });

  it('is cancelled within a step by its signal, and only then', async () => {
    const controller = new AbortController();
    let steps = 0;
    const onIteration = () => {
      if (++steps === 2) controller.abort();
    };
    const fit = fitHead({ ...input, tolerance: 1e-9, signal: controller.signal, onIteration });
    await expect(fit).rejects.toMatchObject({ name: 'AbortError' });
    expect(steps).toBe(2);
    await expect(
      fitHead({ ...input, signal: new AbortController().signal }),
    ).resolves.toBeDefined();
  });

  it('reports progress that never falls and ends at 1', async () => {
    const reported: number[] = [];
    await fitHead({ ...input, onIteration: ({ progress }) => reported.push(progress) });
    expect(reported.at(-1)).toBe(1);
    expect(reported).toEqual([...reported].sort((a, b) => a - b));
  });

  it('fits separable data without a penalty, and identical rows with two labels', async () => {
    const unpenalised = await fitHead({
      ...input,
      l2: 0,
      withinClassScatter: 0,
      maxIterations: 100,
    });
    expect(Number.isFinite(unpenalised.loss)).toBe(true);
    const identicalRows = new Float32Array(8).fill(3);
    const labels = Int32Array.of(0, 1);
    const head = await fitHead({
      features: identicalRows,
      rows: 2,
      dimensions: 4,
      labels,
      classes: 2,
    });
    expect(head.loss).toBeCloseTo(Math.LN2, 4);
  });

  it('refuses wrong shapes with both shapes, one class, unknown labels and NaN', async () => {
    const fitWith = (change: Partial<FitHeadInput>) => fitHead({ ...input, ...change });
    await expect(fitWith({ rows: 121 })).rejects.toThrow('[121 × 12] = 1452 values, got [1440]');
    await expect(fitWith({ labels: new Int32Array(120) })).rejects.toMatchObject({
      code: 'TOO_FEW_CLASSES',
    });
    await expect(fitWith({ labels: new Int32Array(120).fill(4) })).rejects.toThrow('4 is outside');
    const features = input.features.slice();
    features[25] = NaN;
    await expect(fitWith({ features })).rejects.toMatchObject({ code: 'VALUE' });
    const warmStart = { weights: new Float32Array(3), bias: new Float32Array(4) };
    await expect(fitWith({ warmStart })).rejects.toThrow('[12 × 4] = 48 values, got [3]');
  });
});

describe('scoring', () => {
  const head = { weights: Float32Array.of(1, 0, 0, 0, 1, 0), bias: Float32Array.of(0, 0, 0) };
  const input = { head, dimensions: 2, classes: 3, threads: 1 };

  it('gives the class, confidence, margin, entropy and top classes of each row', async () => {
    const features = Float32Array.of(Math.log(2), 0, 0, 0);
    const scores = await scoreHead({ ...input, features, rows: 2 });
    expect(scores.topCount).toBe(3);
    expect(scores.classIndex[0]).toBe(0);
    expect(scores.confidence[0]).toBeCloseTo(0.5, 5);
    expect(scores.margin[0]).toBeCloseTo(0.25, 5);
    expect(scores.entropy[0]).toBeCloseTo(1.5 * Math.LN2, 5);
    expect(scores.margin[1]).toBeCloseTo(0, 6);
    expect(scores.entropy[1]).toBeCloseTo(Math.log(3), 5);
    expect(Array.from(scores.top.subarray(0, 3)).sort()).toEqual([0, 1, 2]);
  });

  it('gives the same scores for half floats as for their features, including zeros', async () => {
    const random = seededRandom(11);
    const rows = 50;
    const embeddings = Float32Array.from({ length: rows * 2 }, () => 3 * random.normal());
    embeddings.fill(0, 4, 6);
    const halves = toHalf(embeddings);
    const features = normaliseFeatures(fromHalf(halves), 2);
    const expected = await scoreHead({ ...input, features, rows });
    const actual = await scoreHead({ ...input, features: halves, rows });
    expect(actual.top).toEqual(expected.top);
    for (const key of ['confidence', 'margin', 'entropy'] as const)
      expected[key].forEach((value, row) => expect(actual[key][row]).toBeCloseTo(value, 4));
    const scorer = await createScorer({ ...input, rows: 'halves' });
    await expect(scorer.score(features, rows)).rejects.toThrow('takes halves');
    await scorer.dispose();
  });

  it('gives entropy 0 near certainty, and stays finite with large logits', async () => {
    const features = Float32Array.of(80, 0, 0, 20);
    const { entropy, confidence } = await scoreHead({ ...input, features, rows: 2 });
    expect(Array.from(confidence)).toEqual([1, 1]);
    for (const value of entropy) expect(Math.abs(value)).toBeLessThan(1e-5);
  });

  it('gives the same scores for many rows as for one, and empty scores without rows', async () => {
    const random = seededRandom(3);
    const rows = 5000;
    const features = Float32Array.from({ length: rows * 2 }, () => random.normal());
    const scorer = await createScorer(input);
    const all = await scorer.score(features, rows);
    const last = await scorer.score(features.subarray(2 * rows - 2), 1);
    expect(last.confidence[0]).toBeCloseTo(all.confidence[rows - 1]!, 5);
    expect((await scorer.score(new Float32Array(0), 0)).classIndex).toHaveLength(0);
    await expect(scorer.score(features, 3)).rejects.toThrow('[3 × 2] = 6 values, got [10000]');
    await scorer.dispose();
  });
});

test('curvature is kept for the next fit only while it is small', async () => {
  const small = await fitHead({ ...clusters(60, 8, 3), maxIterations: 12 });
  expect(small.curvature.length).toBe(10);
  const large = await fitHead({ ...clusters(60, 1_280, 500), maxIterations: 12 });
  expect(large.curvature).toEqual([]);
});
