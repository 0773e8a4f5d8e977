import { normaliseFeatures } from '../models/numeric';
import { fitHead, headDefaults, scoreHead } from '../models/training';
import { findPhotos, loadMaterial, type Material } from './material';
import { accuracyOn, splitRows, takeRows } from './split';

const seeds = [1, 2, 3, 4, 5];

/** Fits on the pool with every label, as a retrain run does, and tests on the held-out fifth. */
async function accuracyOf(material: Material, seed: number): Promise<number> {
  const { dimensions, classes, labels, features, rows } = material;
  const { pool, test } = splitRows(material, seed);
  const head = await fitHead({
    features: takeRows(material, pool),
    rows: pool.length,
    dimensions,
    labels: pool.map((row) => labels[row]!),
    classes,
  });
  return accuracyOn(test, labels, await scoreHead({ head, dimensions, classes, features, rows }));
}

/** Returns the test accuracy of `fitHead` on the material's normalised rows, per split. */
export async function accuracies(material: Material): Promise<number[]> {
  const { dimensions } = material;
  const features = normaliseFeatures(material.features, dimensions);
  const perSplit: number[] = [];
  for (const seed of seeds) perSplit.push(await accuracyOf({ ...material, features }, seed));
  return perSplit;
}

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * Measures test accuracy on Caltech-101's classes with a frozen backbone and the product's head.
 */
export async function benchCaltech(): Promise<Record<string, unknown>> {
  await findPhotos();
  const material = await loadMaterial(1);
  const start = performance.now();
  const perSplit = await accuracies(material);
  console.log(
    perSplit.map((accuracy, at) => `seed ${seeds[at]}: ${accuracy.toFixed(4)}`).join('  '),
  );
  return {
    bench: 'caltech',
    material: material.name,
    seeds,
    split: 'a stratified fifth of every class is the test set, the rest is for training',
    chosen: headDefaults,
    chosenOn: 'inner validation fifths of the training rows (docs/decisions/0008)',
    perSplit,
    meanAccuracy: mean(perSplit),
    seconds: (performance.now() - start) / 1000,
  };
}
