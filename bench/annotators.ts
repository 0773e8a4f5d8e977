import { seededRandom, type Random } from '../models/numeric';
import type { Material } from './material';

/** A simulated person who always gives the same answer to the same image. */
export interface SimulatedAnnotator {
  /** Share of images that they label wrongly, 0 to 1. */
  rate: number;
  answer(row: number): number;
}

/** Classes that mistakes go to, most similar first. */
const confusable = 5;

/** Finds, per class, the classes with the nearest mean features: people confuse these. */
export function confusableClasses({ features, labels, rows, dimensions, classes }: Material) {
  const means = Array.from({ length: classes }, () => new Float64Array(dimensions));
  for (let row = 0; row < rows; row++) {
    const mean = means[labels[row]!]!;
    for (let j = 0; j < dimensions; j++) mean[j]! += features[row * dimensions + j]!;
  }
  const unit = means.map((mean) => {
    const length = Math.hypot(...mean) || 1;
    return mean.map((value) => value / length);
  });
  const alike = (a: number, b: number) =>
    unit[a]!.reduce((sum, value, j) => sum + value * unit[b]![j]!, 0);
  return unit.map((_, k) =>
    [...unit.keys()]
      .filter((other) => other !== k)
      .map((other) => ({ other, likeness: alike(k, other) }))
      .sort((a, b) => b.likeness - a.likeness)
      .slice(0, confusable)
      .map(({ other }) => other),
  );
}

/** Half of the mistakes go to the nearest class, half of the rest to the next one, and so on. */
function mistake(label: number, alike: readonly number[], random: Random): number {
  for (const other of alike) if (random.next() < 0.5) return other;
  return alike[0] ?? label;
}

/**
 * Creates people who err at the given rates, towards similar classes. The seed fixes a person's
 * answer to an image, so every method gets the same answers.
 */
export function simulateAnnotators(
  material: Material,
  rates: readonly number[],
  seed: number,
): SimulatedAnnotator[] {
  const alike = confusableClasses(material);
  return rates.map((rate, who) => ({
    rate,
    answer(row: number): number {
      const random = seededRandom(`annotator ${seed} ${who} ${row}`);
      const label = material.labels[row]!;
      return random.next() < rate ? mistake(label, alike[label]!, random) : label;
    },
  }));
}
