import { orderQueue } from '../models/acquisition/queue';
import { normaliseFeatures } from '../models/numeric/features';
import { seededRandom, shuffle } from '../models/numeric/random';
import { fitHead, type Head } from '../models/training/head';
import { createScorer, type Scores } from '../models/training/score';
import { loadMaterial, type Material } from './material';
import { accuracyOn, splitRows, takeRows } from './split';

const seeds = [1, 2, 3];
const batch = 100;
const budget = 500;
const strategies = ['random', 'default'] as const;

async function retrain(material: Material, labelled: number[], warmStart: Head | undefined) {
  const { features, labels, rows, dimensions, classes } = material;
  const head = await fitHead({
    features: takeRows(material, labelled),
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
  const { test, pool } = splitRows(material, seed);
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
