/**
 * Computes the dot product of two vectors of equal length in double precision. Four accumulators
 * let the additions overlap.
 */
export function dot(a: Float32Array, b: Float32Array): number {
  const whole = a.length - (a.length % 4);
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  for (let i = 0; i < whole; i += 4) {
    s0 += a[i]! * b[i]!;
    s1 += a[i + 1]! * b[i + 1]!;
    s2 += a[i + 2]! * b[i + 2]!;
    s3 += a[i + 3]! * b[i + 3]!;
  }
  for (let i = whole; i < a.length; i++) s0 += a[i]! * b[i]!;
  return s0 + s1 + s2 + s3;
}

/** Adds `scale · vector` to `target` in place. */
export function addScaled(target: Float32Array, scale: number, vector: Float32Array): void {
  const whole = target.length - (target.length % 4);
  for (let i = 0; i < whole; i += 4) {
    target[i] = target[i]! + scale * vector[i]!;
    target[i + 1] = target[i + 1]! + scale * vector[i + 1]!;
    target[i + 2] = target[i + 2]! + scale * vector[i + 2]!;
    target[i + 3] = target[i + 3]! + scale * vector[i + 3]!;
  }
  for (let i = whole; i < target.length; i++) target[i] = target[i]! + scale * vector[i]!;
}

/** Multiplies `target` by `scale` in place. */
export function scaleInPlace(target: Float32Array, scale: number): void {
  for (let i = 0; i < target.length; i++) target[i]! *= scale;
}
