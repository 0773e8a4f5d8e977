import { ModelInputError } from '../../../errors';
import { seededRandom, shuffle } from '../../../numeric/random';
import type { LabelledImage } from '../data/dataLoader';

/** Weights to begin with instead of fresh ones. */
export interface Start {
  /** `TrainedDeep.weights` of an earlier training of the same net. */
  weights: readonly Float32Array[];
  /**
   * Shrink and perturb (Ash & Adams 2020): every weight that a gradient trains becomes
   * shrink · weight + perturb · noise, noise being normal with the layer's own spread. Weights that
   * were trained on fewer images otherwise generalise worse than fresh ones. Off by default.
   */
  shrinkAndPerturb?: { shrink: number; perturb: number } | undefined;
}

/** What shrink and perturb need to know of a weight. */
export interface StartWeight {
  name: string;
  shape: readonly number[];
  trainable: boolean;
}

const isMatrix = ({ shape }: StartWeight) => shape.length >= 2;

function standardDeviation(values: Float32Array): number {
  let squares = 0;
  for (const value of values) squares += value * value;
  return Math.sqrt(squares / Math.max(1, values.length));
}

/**
 * The weights that a retraining begins with. Only kernels are perturbed: biases, and what batch
 * normalization scales and shifts by, are shrunk towards where they began (0 and 1) alone.
 *
 * @throws ModelInputError `VALUE` for a shrink outside 0 to 1 or a negative perturb
 */
export function startFrom(
  { weights, shrinkAndPerturb }: Start,
  of: readonly StartWeight[],
  seed: number,
): Float32Array[] {
  if (!shrinkAndPerturb) return [...weights];
  const { shrink, perturb } = shrinkAndPerturb;
  if (!(shrink >= 0 && shrink <= 1 && perturb >= 0))
    throw new ModelInputError(
      'VALUE',
      `Shrink and perturb: ${shrink} and ${perturb} are not 0 to 1 and 0 or more`,
    );
  return weights.map((values, at) => {
    const weight = of[at];
    if (!weight?.trainable) return values;
    if (!isMatrix(weight)) {
      const origin = weight.name.includes('gamma') ? 1 : 0;
      return values.map((value) => origin + shrink * (value - origin));
    }
    const random = seededRandom(`${seed}:perturb:${at}`);
    const noise = perturb * standardDeviation(values);
    return values.map((value) => shrink * value + noise * random.normal());
  });
}

/**
 * New images and a share of the old ones: what a net is retrained on, so that it learns the new
 * without forgetting the old.
 *
 * @param ratio old images per new one, 0 or more; all old ones where there are not as many
 * @returns the new ones first, then old ones drawn from the seed, each class by its share of them
 * @throws ModelInputError `VALUE` for a ratio that is negative or not finite
 */
export function withReplay(
  fresh: readonly LabelledImage[],
  old: readonly LabelledImage[],
  { ratio, seed }: { ratio: number; seed: number },
): LabelledImage[] {
  if (!(ratio >= 0 && Number.isFinite(ratio)))
    throw new ModelInputError('VALUE', `Replay: ${ratio} is no ratio of old to new images`);
  const wanted = Math.min(old.length, Math.round(ratio * fresh.length));
  const byClass = new Map<number, LabelledImage[]>();
  for (const image of old) byClass.set(image.label, [...(byClass.get(image.label) ?? []), image]);
  const random = seededRandom(`${seed}:replay`);
  // Every class's images at even distances along one line: any beginning of it is stratified.
  const line = [...byClass.entries()].flatMap(([, images]) => {
    const order = shuffle(
      Int32Array.from(images, (_, at) => at),
      random,
    );
    return Array.from(order, (from, at) => ({
      image: images[from]!,
      place: (at + random.next()) / images.length,
    }));
  });
  line.sort((a, b) => a.place - b.place);
  return [...fresh, ...line.slice(0, wanted).map(({ image }) => image)];
}
