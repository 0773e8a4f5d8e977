/** @jest-environment ./models/testing/onnxEnvironment.cjs */
import { normaliseFeatures } from '../numeric/features';
import { fromHalf, toHalf } from '../numeric/float16';
import { seededRandom } from '../numeric/random';
import { fitHead, headDefaults, type FitHeadInput, type Head } from './head';
import { createScorer, scoreHead } from './score';

function clusters(rows: number, dimensions: number, classes: number): FitHeadInput {
  const random = seededRandom(7);
  const centres = Float32Array.from({ length: classes * dimensions }, () => random.normal());
  // Unequal classes: the first has three times as many rows as each other one.
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

/** Mean over classes of the mean squared distance of logits from the mean logits of their class. */
function spreadOf(input: FitHeadInput, head: Head): number {
  const { rows, labels, classes } = input;
  const logits = Array.from({ length: rows }, (_, row) => logitsOf(input, row, head));
  let sum = 0;
  for (let label = 0; label < classes; label++) {
    const own = logits.filter((_, row) => labels[row] === label);
    for (let k = 0; k < classes; k++) {
      const mean = own.reduce((total, z) => total + z[k]!, 0) / own.length;
      for (const z of own) sum += (z[k]! - mean) ** 2 / own.length;
    }
  }
  return sum / classes;
}

/** The objective written out again, in plain double precision. */
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
    (headDefaults.withinClassScatter / 2) * spreadOf(input, head)
  );
}

describe('fitting the head', () => {
  const input = clusters(120, 12, 4);

  it('reaches the optimum of the stated objective: no small change of a weight lowers it', async () => {
    const head = await fitHead({ ...input, tolerance: 1e-7 });
    expect(head.loss).toBeCloseTo(objective(input, head), 4);
    for (const at of [0, 5, 17, 47])
      for (const change of [-0.02, 0.02]) {
        const weights = Float32Array.from(head.weights);
        weights[at]! += change;
        expect(objective(input, { ...head, weights })).toBeGreaterThan(head.loss - 1e-6);
      }
  });

  it('pulls the logits of a class together where the spread counts, and not where it does not', async () => {
    const tight = await fitHead({ ...input, withinClassScatter: 0.1 });
    const loose = await fitHead({ ...input, withinClassScatter: 0 });
    expect(spreadOf(input, tight)).toBeLessThan(spreadOf(input, loose) / 2);
    expect(tight.trainAccuracy).toBeGreaterThan(0.9);
  });

  it('counts rare classes as much as frequent ones when balanced, and by rows otherwise', async () => {
    // One feature that says nothing: the bias alone decides, so it shows what a class counts.
    const labels = Int32Array.from({ length: 40 }, (_, row) => (row < 30 ? 0 : 1));
    const problem = { features: new Float32Array(40).fill(1), rows: 40, dimensions: 1, labels };
    const tight = { ...problem, classes: 2, tolerance: 1e-9 };
    const even = await fitHead({ ...tight, balanced: true });
    const byRows = await fitHead(tight);
    const odds = ({ weights, bias }: Head) => bias[0]! + weights[0]! - bias[1]! - weights[1]!;
    expect(odds(even)).toBeCloseTo(0, 2);
    expect(odds(byRows)).toBeCloseTo(Math.log(3), 2);
  });

  it('stops by itself within the tolerance of a long, tight fit', async () => {
    const tight = await fitHead({ ...input, tolerance: 1e-8, maxIterations: 500 });
    const head = await fitHead(input);
    expect(head.loss / tight.loss - 1).toBeLessThan(5e-4);
    expect(head.iterations).toBeLessThan(tight.iterations);
    expect(head.trainAccuracy).toBeGreaterThan(0.9);
  });

  it('goes on from a warm start in fewer steps, to the same place', async () => {
    const cold = await fitHead(input);
    const warm = await fitHead({ ...input, warmStart: cold });
    expect(warm.iterations).toBeLessThan(cold.iterations / 2);
    expect(Math.abs(warm.loss / cold.loss - 1)).toBeLessThan(5e-4);
  });

  it('learns classes that were not there when the warm start was fitted', async () => {
    const wide = clusters(120, 64, 20);
    const few = Int32Array.from({ length: 12 }, (_, row) => row);
    const first = await fitHead({
      ...wide,
      features: wide.features.slice(0, few.length * 64),
      labels: wide.labels.slice(0, few.length),
      rows: few.length,
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
    const listed = Array.from({ length: rows }, (_, row) => row).flatMap((row) =>
      Array.from({ length: row % 3 }, () => row),
    );
    const repeated = await fitHead({
      ...input,
      tolerance: 1e-6,
      features: Float32Array.from(
        listed.flatMap((row) => [...features.subarray(row * dimensions, (row + 1) * dimensions)]),
      ),
      labels: Int32Array.from(listed, (row) => labels[row]!),
      rows: listed.length,
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

  it('is cancelled within a step, and not by a signal that stays quiet', async () => {
    const stop = new AbortController();
    let steps = 0;
    const onIteration = () => {
      if (++steps === 2) stop.abort();
    };
    const fit = fitHead({ ...input, tolerance: 1e-9, signal: stop.signal, onIteration });
    await expect(fit).rejects.toMatchObject({ name: 'AbortError' });
    expect(steps).toBe(2);
    await expect(
      fitHead({ ...input, signal: new AbortController().signal }),
    ).resolves.toBeDefined();
  });

  it('reports progress that never falls and ends at 1', async () => {
    const seen: number[] = [];
    await fitHead({ ...input, onIteration: ({ progress }) => seen.push(progress) });
    expect(seen.at(-1)).toBe(1);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  it('fits separable data without a penalty, and identical rows of two classes', async () => {
    const loose = await fitHead({ ...input, l2: 0, withinClassScatter: 0, maxIterations: 100 });
    expect(Number.isFinite(loose.loss)).toBe(true);
    const same = new Float32Array(8).fill(3);
    const labels = Int32Array.of(0, 1);
    const head = await fitHead({ features: same, rows: 2, dimensions: 4, labels, classes: 2 });
    expect(head.loss).toBeCloseTo(Math.LN2, 4);
  });

  it('refuses wrong shapes with both shapes, one class, foreign labels and NaN', async () => {
    const bad = (change: Partial<FitHeadInput>) => fitHead({ ...input, ...change });
    await expect(bad({ rows: 121 })).rejects.toThrow('[121 × 12] = 1452 values, got [1440]');
    await expect(bad({ labels: new Int32Array(120) })).rejects.toMatchObject({
      code: 'TOO_FEW_CLASSES',
    });
    await expect(bad({ labels: new Int32Array(120).fill(4) })).rejects.toThrow('4 is outside');
    const features = input.features.slice();
    features[25] = NaN;
    await expect(bad({ features })).rejects.toMatchObject({ code: 'VALUE' });
    const warmStart = { weights: new Float32Array(3), bias: new Float32Array(4) };
    await expect(bad({ warmStart })).rejects.toThrow('[12 × 4] = 48 values, got [3]');
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

  it('gives for half floats what it gives for the features they stand for, zeros included', async () => {
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

  it('is exact at both ends: near certainty has no entropy, and large logits stay finite', async () => {
    const features = Float32Array.of(80, 0, 0, 20);
    const { entropy, confidence } = await scoreHead({ ...input, features, rows: 2 });
    expect(Array.from(confidence)).toEqual([1, 1]);
    for (const value of entropy) expect(Math.abs(value)).toBeLessThan(1e-5);
  });

  it('gives the same in one large piece as row by row, and nothing for no rows', async () => {
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
