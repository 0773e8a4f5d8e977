import type { Weight } from './translation';

/** A scale and a shift per channel: the effect of a trained batch normalization. */
export interface Affine {
  scale: Float64Array;
  shift: Float64Array;
}

/**
 * Folds the following scale and shift into a kernel and bias.
 *
 * @param run number of consecutive values of one channel in the kernel: 1 if the channel is the
 *   last axis, all values of a channel if it is the first
 */
export function fold(
  kernel: Float32Array,
  bias: Weight | undefined,
  affine: Affine | undefined,
  run: number,
): { data: Float32Array; bias: Float32Array | undefined } {
  if (!affine) return { data: kernel, bias: bias?.data };
  const { scale, shift } = affine;
  const data = new Float32Array(kernel.length);
  for (let at = 0, channel = 0; at < kernel.length; channel++) {
    const by = scale[channel % scale.length]!;
    for (const end = at + run; at < end; at++) data[at] = kernel[at]! * by;
  }
  const folded = shift.map((by, at) => (bias?.data[at] ?? 0) * scale[at]! + by);
  return { data, bias: new Float32Array(folded) };
}
