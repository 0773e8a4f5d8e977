import type { Weight } from './translation';

/** A scale and a shift per channel, as batch normalization amounts to once it is trained. */
export interface Affine {
  scale: Float64Array;
  shift: Float64Array;
}

/**
 * A kernel and bias with the scale and shift that follow worked in.
 *
 * @param channelOf the output channel that the kernel's value at a position belongs to
 */
export function fold(
  kernel: Float32Array,
  bias: Weight | undefined,
  affine: Affine | undefined,
  channelOf: (at: number) => number,
): { data: Float32Array; bias: Float32Array | undefined } {
  if (!affine) return { data: kernel, bias: bias?.data };
  const { scale, shift } = affine;
  return {
    data: kernel.map((value, at) => value * scale[channelOf(at)]!),
    bias: Float32Array.from(shift, (by, at) => (bias?.data[at] ?? 0) * scale[at]! + by),
  };
}
