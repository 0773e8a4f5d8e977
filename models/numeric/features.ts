import { ModelInputError, requireShape } from '../errors';

/** The length of every normalised feature row. L2 strengths refer to this length. */
export const featureNorm = 20;

/**
 * Scales every row to length 20, so that one L2 strength suits every backbone. A row of zeros
 * stays zero.
 *
 * @param features rows × dimensions, row-major; unchanged unless `out` is the same array
 * @param dimensions values per row
 * @param out receives the result; a new array by default
 * @throws ModelInputError `SHAPE` if the values do not fill the rows, `VALUE` at a NaN or infinity
 */
export function normaliseFeatures(
  features: Float32Array,
  dimensions: number,
  out: Float32Array = new Float32Array(features.length),
): Float32Array {
  if (dimensions < 1 || features.length % dimensions !== 0)
    throw new ModelInputError(
      'SHAPE',
      `Features: [${features.length}] values do not fill rows of [${dimensions}]`,
    );
  requireShape('Normalised features', out, features.length);
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

/** Computes the mean of each column in double precision. Without rows, all means are zero. */
export function columnMeans(features: Float32Array, rows: number, dimensions: number) {
  const means = new Float64Array(dimensions);
  // Two rows per pass halve the loads and stores of the sums.
  const paired = rows - (rows % 2);
  for (let row = 0, offset = 0; row < paired; row += 2, offset += dimensions)
    for (let j = 0; j < dimensions; j++, offset++)
      means[j]! += features[offset]! + features[offset + dimensions]!;
  for (let j = 0, offset = paired * dimensions; offset < rows * dimensions; j++, offset++)
    means[j]! += features[offset]!;
  for (let j = 0; j < dimensions; j++) means[j]! /= Math.max(1, rows);
  return means;
}
