import type { FeatureMap } from '../backbones/featureMap';
import { ModelInputError, requireShape } from '../errors';
import { normaliseFeatures } from '../numeric/features';
import type { Head } from '../training/head';

/** Where in an image a class's logit comes from. */
export interface ClassMap {
  height: number;
  width: number;
  /**
   * height × width, row-major, in logits: what each cell speaks for the class, or below zero
   * against it. Their mean plus the head's bias is the logit.
   */
  values: Float32Array;
  logit: number;
}

/** How far pooling may be from the mean of the map, relative to the embedding's length. */
const poolingTolerance = 1e-3;

/**
 * Grad-CAM (Selvaraju et al. 2017) in closed form. For a network that averages its feature map f
 * and feeds a linear head, the gradient of a logit by f is the same in every cell: the class's
 * weights. So the map is exact, it is the class activation map of Zhou et al. 2016,
 * `map[y, x] = s · Σ_c w_c · f[c, y, x]`, with no gradient to compute. The factor s is what
 * normalisation scales this image's embedding by (`normaliseFeatures`), a constant of the image.
 *
 * @param head the classifier on normalised embeddings
 * @param classIndex its column, 0 to classes - 1
 * @throws ModelInputError `SHAPE` for a head of other dimensions, `VALUE` for no such class,
 *   `BACKBONE` where the embedding is not the mean of the map, so that the form does not hold
 */
export function classMap(map: FeatureMap, head: Head, classIndex: number): ClassMap {
  const { channels, height, width, values, embedding } = map;
  const classes = head.bias.length;
  requireShape('Head weights', head.weights, embedding.length, classes);
  if (!Number.isInteger(classIndex) || classIndex < 0 || classIndex >= classes)
    throw new ModelInputError('VALUE', `Class ${classIndex} is outside 0 to ${classes - 1}`);
  requireMeanPooling(map);
  const scale = normalisationOf(embedding);
  const cells = height * width;
  const sums = new Float64Array(cells);
  for (let channel = 0, at = 0; channel < channels; channel++) {
    const weight = scale * head.weights[channel * classes + classIndex]!;
    for (let cell = 0; cell < cells; cell++, at++) sums[cell]! += weight * values[at]!;
  }
  const mean = sums.reduce((sum, value) => sum + value, 0) / cells;
  const logit = mean + head.bias[classIndex]!;
  return { height, width, values: Float32Array.from(sums), logit };
}

/** What normalisation multiplies this embedding by. */
function normalisationOf(embedding: Float32Array): number {
  const normalised = normaliseFeatures(embedding, embedding.length);
  let [dot, squares] = [0, 0];
  for (let i = 0; i < embedding.length; i++) {
    dot += normalised[i]! * embedding[i]!;
    squares += embedding[i]! * embedding[i]!;
  }
  return squares > 0 ? dot / squares : 0;
}

function requireMeanPooling({ channels, height, width, values, embedding }: FeatureMap): void {
  const cells = height * width;
  requireShape('Feature map', values, channels, height, width);
  let [difference, squares] = [0, 0];
  if (channels === embedding.length)
    for (let channel = 0; channel < channels; channel++) {
      let sum = 0;
      for (let cell = 0; cell < cells; cell++) sum += values[channel * cells + cell]!;
      difference += (sum / cells - embedding[channel]!) ** 2;
      squares += embedding[channel]! ** 2;
    }
  if (channels === embedding.length && difference <= poolingTolerance ** 2 * Math.max(squares, 1))
    return;
  throw new ModelInputError(
    'BACKBONE',
    'The embedding is not the mean of the feature map, so its classes have no map in closed form',
  );
}

/**
 * A class map as light: what speaks against the class is dark (Grad-CAM's rectifier), the cell
 * that speaks most for it is 1. A map with nothing for the class stays 0.
 */
export function heatOf({ values }: Pick<ClassMap, 'values'>): Float32Array {
  const most = values.reduce((largest, value) => Math.max(largest, value), 0);
  return values.map((value) => (most > 0 ? Math.max(0, value) / most : 0));
}
