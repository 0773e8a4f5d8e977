import { ModelInputError } from '../../../errors';
import { seededRandom, shuffle } from '../../../numeric/random';
import type { LabelledImage } from '../data/dataLoader';

/** Weights of an earlier training to start from. */
export interface WarmStart {
  /** `TrainedDeep.weights` of the same net. */
  weights: readonly Float32Array[];
  /**
   * Shrink and perturb (Ash & Adams 2020): every trainable weight becomes
   * shrink · weight + perturb · noise, with normal noise of the layer's standard deviation. Without
   * it, weights from fewer images can generalise worse than new ones. Off by default.
   */
  shrinkAndPerturb?: { shrink: number; perturb: number } | undefined;
}

/** The description of a weight that shrink and perturb needs. */
export interface WeightDescription {
  name: string;
  shape: readonly number[];
  trainable: boolean;
}

const isMatrix = ({ shape }: WeightDescription) => shape.length >= 2;

function standardDeviation(values: Float32Array): number {
  let squares = 0;
  for (const value of values) squares += value * value;
  return Math.sqrt(squares / Math.max(1, values.length));
}

/**
 * Computes the initial weights of a warm start. Only kernels are perturbed. Biases and the scales
 * and shifts of batch normalization are only shrunk towards their initial values, 0 or 1.
 *
 * @throws ModelInputError `VALUE` for a shrink outside 0 to 1 or a negative perturb
 */
export function initialWeights(
  { weights, shrinkAndPerturb }: WarmStart,
  descriptions: readonly WeightDescription[],
  seed: number,
): Float32Array[] {
  if (!shrinkAndPerturb) return [...weights];
  const { shrink, perturb } = shrinkAndPerturb;
  if (!(shrink >= 0 && shrink <= 1 && perturb >= 0))
    throw new ModelInputError(
      'VALUE',
      `Shrink and perturb: ${shrink} and ${perturb} are not 0 to 1 and 0 or more`,
    );
  return weights.map((values, index) => {
    const weight = descriptions[index];
    if (!weight?.trainable) return values;
    if (!isMatrix(weight)) {
      const origin = weight.name.includes('gamma') ? 1 : 0;
      return values.map((value) => origin + shrink * (value - origin));
    }
    const random = seededRandom(`${seed}:perturb:${index}`);
    const noiseScale = perturb * standardDeviation(values);
    return values.map((value) => shrink * value + noiseScale * random.normal());
  });
}

/**
 * Adds a sample of old images to the new ones, so that a retrained net does not forget the old
 * images.
 *
 * @param ratio old images per new image, 0 or more; if there are too few, all are used
 * @returns the new images, then a stratified random sample of the old ones
 * @throws ModelInputError `VALUE` for a ratio that is negative or not finite
 */
export function withReplay(
  newImages: readonly LabelledImage[],
  oldImages: readonly LabelledImage[],
  { ratio, seed }: { ratio: number; seed: number },
): LabelledImage[] {
  if (!(ratio >= 0 && Number.isFinite(ratio)))
    throw new ModelInputError('VALUE', `Replay: ${ratio} is not a ratio of old to new images`);
  const replayCount = Math.min(oldImages.length, Math.round(ratio * newImages.length));
  const byClass = new Map<number, LabelledImage[]>();
  for (const image of oldImages)
    byClass.set(image.label, [...(byClass.get(image.label) ?? []), image]);
  const random = seededRandom(`${seed}:replay`);
  // Each class's images get evenly spaced positions from 0 to 1, so any prefix is stratified.
  const positioned = [...byClass.entries()].flatMap(([, images]) => {
    const order = shuffle(
      Int32Array.from(images, (_, index) => index),
      random,
    );
    return Array.from(order, (source, index) => ({
      image: images[source]!,
      position: (index + random.next()) / images.length,
    }));
  });
  positioned.sort((a, b) => a.position - b.position);
  return [...newImages, ...positioned.slice(0, replayCount).map(({ image }) => image)];
}
