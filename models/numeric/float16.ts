/** Converts one float32, passed as its bits, to half precision: round to nearest, ties to even. */
function encodeBits(x: number): number {
  const sign = (x >>> 16) & 0x8000;
  const magnitude = x & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude >= 0x38800000) {
    const lowestBit = (magnitude >>> 13) & 1;
    return sign | ((magnitude - 0x38000000 + 0xfff + lowestBit) >>> 13);
  }
  if (magnitude < 0x33000000) return sign;
  const shift = 126 - (magnitude >>> 23);
  const mantissa = (magnitude & 0x7fffff) | 0x800000;
  const mantissaBits = mantissa >>> shift;
  const remainder = mantissa & ((1 << shift) - 1);
  const midpoint = 1 << (shift - 1);
  return (
    sign |
    (mantissaBits +
      (remainder > midpoint || (remainder === midpoint && (mantissaBits & 1) === 1) ? 1 : 0))
  );
}

function decodeBits(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 31;
  const fraction = half & 0x3ff;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

let decoded: Float32Array | undefined;

/**
 * Converts IEEE 754 binary32 to binary16, rounding to nearest, ties to even. Values from 65,520 up
 * become infinity and NaN stays NaN. The relative error of values from 6.1e-5 up is at most 2⁻¹¹.
 */
export function toHalf(values: Float32Array): Uint16Array {
  const words = new Uint32Array(values.length);
  new Float32Array(words.buffer).set(values);
  const out = new Uint16Array(values.length);
  for (let i = 0; i < words.length; i++) out[i] = encodeBits(words[i]!);
  return out;
}

/**
 * Converts IEEE 754 binary16 to binary32 exactly.
 *
 * @param out receives the result and has the same length; a new array by default
 * @throws RangeError if `out` has another length
 */
export function fromHalf(
  halves: Uint16Array,
  out: Float32Array = new Float32Array(halves.length),
): Float32Array {
  if (out.length !== halves.length)
    throw new RangeError(
      `Half floats: expected an output of [${halves.length}], got [${out.length}]`,
    );
  decoded ??= Float32Array.from({ length: 65536 }, (_, half) => decodeBits(half));
  for (let i = 0; i < halves.length; i++) out[i] = decoded[halves[i]!]!;
  return out;
}
