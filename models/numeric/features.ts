import { ModelInputError } from '../errors';

/** The length that normalised features have; L2 strengths are stated for it. */
export const featureNorm = 20;

/**
 * Scales every row to length 20, so that one L2 strength suits every backbone. A row of zeros
 * stays zero.
 *
 * @param features rows × dimensions, row-major; left as it is unless `out` is the same array
 * @param dimensions values per row
 * @param out where to write; a new array by default
 * @throws ModelInputError `SHAPE` where the values do not fill rows, `VALUE` at a NaN or infinity
 */
export function normaliseFeatures(
  features: Float32Array,
  dimensions: number,
  out: Float32Array = new Float32Array(features.length),
): Float32Array {
  if (dimensions < 1 || features.length % dimensions !== 0 || out.length !== features.length)
    throw new ModelInputError(
      'SHAPE',
      `Features: [${features.length}] values do not fill rows of [${dimensions}] into [${out.length}]`,
    );
  for (let start = 0; start < features.length; start += dimensions) {
    let squares = 0;
    for (let i = start; i < start + dimensions; i++) squares += features[i]! * features[i]!;
    if (!Number.isFinite(squares))
      throw new ModelInputError('VALUE', `Features: row ${start / dimensions} is not finite`);
    const scale = squares > 0 ? featureNorm / Math.sqrt(squares) : 0;
    for (let i = start; i < start + dimensions; i++) out[i] = features[i]! * scale;
  }
  return out;
}

/** The mean of each column, in double precision; zeros without rows. */
export function columnMeans(features: Float32Array, rows: number, dimensions: number) {
  const means = new Float64Array(dimensions);
  // Two rows at a time: half as many of the sums are loaded and stored.
  const paired = rows - (rows % 2);
  for (let row = 0, at = 0; row < paired; row += 2, at += dimensions)
    for (let j = 0; j < dimensions; j++, at++)
      means[j]! += features[at]! + features[at + dimensions]!;
  for (let j = 0, at = paired * dimensions; at < rows * dimensions; j++, at++)
    means[j]! += features[at]!;
  for (let j = 0; j < dimensions; j++) means[j]! /= Math.max(1, rows);
  return means;
}
