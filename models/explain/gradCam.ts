import type { FeatureMap } from '../backbones/featureMap';
import { ModelInputError, requireShape } from '../errors';
import { normaliseFeatures } from '../numeric/features';
import type { Head } from '../training/head';

/** The contribution of each place in an image to a class's logit. */
export interface ClassMap {
  height: number;
  width: number;
  /**
   * height × width, row-major, in logits: the evidence of each cell for the class, or against it if
   * below zero. If the embedding is the mean of the feature map, the mean of these values plus the
   * head's bias is the logit.
   */
  values: Float32Array;
  logit: number;
}

/**
 * Maximum difference between pooling and the mean of the map, relative to the embedding's length.
 */
const poolingTolerance = 1e-3;

/**
 * Whether the embedding is the mean of the map. Then a logit's gradient by the map is the same in
 * every cell of a channel. Summed over the channel it is the gradient by the embedding, so nothing
 * has to be differentiated.
 *
 * @throws ModelInputError `SHAPE` for a map whose values do not match its shape
 */
export function isMeanPooled({ channels, height, width, values, embedding }: FeatureMap): boolean {
  const cells = height * width;
  requireShape('Feature map', values, channels, height, width);
  if (channels !== embedding.length) return false;
  let [difference, squares] = [0, 0];
  for (let channel = 0; channel < channels; channel++) {
    let sum = 0;
    for (let cell = 0; cell < cells; cell++) sum += values[channel * cells + cell]!;
    difference += (sum / cells - embedding[channel]!) ** 2;
    squares += embedding[channel]! ** 2;
  }
  return difference <= poolingTolerance ** 2 * Math.max(squares, 1);
}

/**
 * Computes the gradient of a class's logit by the embedding e: s · w_c. The logit is s · w · e +
 * bias. The factor s is the scale that normalisation gives this image's embedding
 * (`normaliseFeatures`), treated as a constant.
 *
 * @param head the classifier on normalised embeddings
 * @param classIndex its column, 0 to classes - 1
 * @throws ModelInputError `SHAPE` for a head of other dimensions, `VALUE` for an unknown class
 */
export function logitGradient(
  { embedding }: Pick<FeatureMap, 'embedding'>,
  { weights, bias }: Head,
  classIndex: number,
): Float32Array {
  const classes = bias.length;
  requireShape('Head weights', weights, embedding.length, classes);
  if (!Number.isInteger(classIndex) || classIndex < 0 || classIndex >= classes)
    throw new ModelInputError('VALUE', `Class ${classIndex} is outside 0 to ${classes - 1}`);
  const scale = normalisationOf(embedding);
  return embedding.map((_, at) => scale * weights[at * classes + classIndex]!);
}

/**
 * Computes Grad-CAM (Selvaraju et al. 2017): the channels of the feature map f, each weighted by
 * the logit's gradient, `map[y, x] = Σ_c g_c · f[c, y, x]`. The paper takes the mean of the
 * gradient over the map for g_c. Here it is the sum, larger by the number of cells, so that the
 * values have a meaning for a backbone that averages its map: their mean plus the bias is the
 * logit.
 *
 * For such a backbone g is the logit's gradient by the embedding, in closed form: the class
 * activation map of Zhou et al. 2016. For others it comes from `channelGradient` of the session.
 *
 * @param gradient g, one value per channel; default: the closed form
 * @throws ModelInputError as `logitGradient` does; `SHAPE` for a gradient of other channels;
 *   `BACKBONE` without a gradient if the embedding is not the mean of the map
 */
export function classMap(
  map: FeatureMap,
  head: Head,
  classIndex: number,
  gradient?: Float32Array,
): ClassMap {
  const byEmbedding = logitGradient(map, head, classIndex);
  if (!gradient && !isMeanPooled(map))
    throw new ModelInputError(
      'BACKBONE',
      'The embedding is not the mean of the feature map, so its classes have no map in closed form',
    );
  const { channels, height, width, values, embedding } = map;
  const cells = height * width;
  const weights = gradient ?? byEmbedding;
  requireShape('Feature map', values, channels, height, width);
  requireShape('Gradient', weights, channels);
  const sums = new Float64Array(cells);
  for (let channel = 0, at = 0; channel < channels; channel++)
    for (let cell = 0; cell < cells; cell++, at++) sums[cell]! += weights[channel]! * values[at]!;
  let logit = head.bias[classIndex]!;
  for (let i = 0; i < embedding.length; i++) logit += byEmbedding[i]! * embedding[i]!;
  return { height, width, values: Float32Array.from(sums), logit };
}

/** Returns the factor that normalisation multiplies this embedding by. */
function normalisationOf(embedding: Float32Array): number {
  const normalised = normaliseFeatures(embedding, embedding.length);
  let [dot, squares] = [0, 0];
  for (let i = 0; i < embedding.length; i++) {
    dot += normalised[i]! * embedding[i]!;
    squares += embedding[i]! * embedding[i]!;
  }
  return squares > 0 ? dot / squares : 0;
}

/**
 * Scales a class map to brightness: evidence against the class is 0 (Grad-CAM's rectifier), the
 * strongest evidence for it is 1. A map without evidence for the class stays 0.
 */
export function heatOf({ values }: Pick<ClassMap, 'values'>): Float32Array {
  const most = values.reduce((largest, value) => Math.max(largest, value), 0);
  return values.map((value) => (most > 0 ? Math.max(0, value) / most : 0));
}
