import { orderQueue } from '../models/acquisition/queue';
import { normaliseFeatures } from '../models/numeric/features';
import { seededRandom, shuffle } from '../models/numeric/random';
import { fitHead, type Head } from '../models/training/head';
import { createScorer, type Scores } from '../models/training/score';
import { loadMaterial, type Material } from './material';

const seeds = [1, 2, 3];
const batch = 100;
const budget = 500;
const strategies = ['random', 'default'] as const;

interface Split {
  test: Int32Array;
  pool: Int32Array;
}

/** A stratified fifth of every class as test rows. */
function split({ labels, classes }: Material, seed: number): Split {
  const random = seededRandom(`split ${seed}`);
  const test: number[] = [];
  const pool: number[] = [];
  for (let label = 0; label < classes; label++) {
    const rows = shuffle([...labels.keys()].filter((row) => labels[row] === label), random); // prettier-ignore
    const held = Math.round(rows.length / 5);
    test.push(...rows.slice(0, held));
    pool.push(...rows.slice(held));
  }
  return { test: Int32Array.from(test), pool: Int32Array.from(pool) };
}

const accuracyOn = (rows: Int32Array, labels: Int32Array, { classIndex }: Scores): number =>
  rows.filter((row) => classIndex[row] === labels[row]).length / rows.length;

async function retrain(material: Material, labelled: number[], warmStart: Head | undefined) {
  const { features, labels, rows, dimensions, classes } = material;
  const drawn = new Float32Array(labelled.length * dimensions);
  labelled.forEach((row, at) =>
    drawn.set(features.subarray(row * dimensions, (row + 1) * dimensions), at * dimensions),
  );
  const head = await fitHead({
    features: drawn,
    rows: labelled.length,
    dimensions,
    labels: Int32Array.from(labelled, (row) => labels[row]!),
    classes,
    warmStart,
  });
  const scorer = await createScorer({ head, dimensions, classes });
  try {
    return { head, scores: await scorer.score(features, rows) };
  } finally {
    await scorer.dispose();
  }
}

type Curve = [labels: number, accuracy: number][];

/** Labels the pool batch by batch as the strategy asks; accuracy on the test rows after each. */
async function simulate(material: Material, strategy: string, seed: number): Promise<Curve> {
  const { test, pool } = split(material, seed);
  const candidates = new Set(shuffle(pool.slice(), seededRandom(`pool ${seed}`)));
  const labelled: number[] = [];
  const curve: Curve = [];
  let head: Head | undefined;
  let scores: Scores | undefined;
  while (labelled.length < budget) {
    const open = Int32Array.from(candidates);
    const known = Int32Array.from(labelled);
    const labels = labelled.length;
    const input = { ...material, candidates: open, labelled: known, labels, scores, batch, seed };
    const order = strategy === 'random' ? open : await orderQueue(input);
    for (const row of order.subarray(0, Math.min(batch, budget - labelled.length))) {
      labelled.push(row);
      candidates.delete(row);
    }
    ({ head, scores } = await retrain(material, labelled, head));
    curve.push([labelled.length, accuracyOn(test, material.labels, scores)]);
  }
  return curve;
}

function meanCurve(curves: readonly Curve[]): Curve {
  return (curves[0] ?? []).map(([labels], at) => {
    const sum = curves.reduce((total, curve) => total + (curve[at]?.[1] ?? 0), 0);
    return [labels, sum / curves.length];
  });
}

/** Accuracy over labels when images are asked about at random and in the default order. */
export async function benchSimulate(): Promise<Record<string, unknown>> {
  const material = await loadMaterial(1);
  normaliseFeatures(material.features, material.dimensions, material.features);
  const curves: Record<string, Curve> = {};
  const start = performance.now();
  for (const strategy of strategies) {
    const runs: Curve[] = [];
    for (const seed of seeds) runs.push(await simulate(material, strategy, seed));
    const curve = (curves[strategy] = meanCurve(runs));
    const line = curve.map(([labels, accuracy]) => `${labels}: ${accuracy.toFixed(3)}`).join('  ');
    console.log(`${strategy.padEnd(8)} ${line}`);
  }
  const seconds = (performance.now() - start) / 1000;
  return { bench: 'simulate', material: material.name, seeds, batch, curves, seconds };
}
