import { ModelInputError, requireShape } from '../errors';
import { fromHalf } from '../numeric/float16';

/**
 * Computes the mean direction of embeddings. A long embedding counts no more than a short one.
 *
 * @param halves rows × dimensions half floats
 * @returns a vector of `dimensions` values with length 1
 * @throws ModelInputError `SHAPE` if the values do not fill the rows, `VALUE` if the rows cancel
 *   each other out, are all zero or are not finite
 */
export function meanDirection(halves: Uint16Array, rows: number, dimensions: number): Float32Array {
  requireShape('Examples', halves, rows, dimensions);
  const sum = new Float32Array(dimensions);
  const values = fromHalf(halves);
  for (let start = 0; start < values.length; start += dimensions) {
    const row = values.subarray(start, start + dimensions);
    const length = Math.hypot(...row);
    if (length > 0) for (let i = 0; i < dimensions; i++) sum[i]! += row[i]! / length;
  }
  const length = Math.hypot(...sum);
  if (!(length > 1e-6 && length < Infinity))
    throw new ModelInputError(
      'VALUE',
      'Examples: together they have no direction. Choose other examples.',
    );
  return sum.map((value) => value / length);
}
