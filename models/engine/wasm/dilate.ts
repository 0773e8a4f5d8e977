import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmBackend } from './kernel';

/** The places of a small map's pixels in a larger one. */
export interface Plane {
  top: number;
  left: number;
  verticalStep: number;
  horizontalStep: number;
}

/**
 * Writes a small map's pixels into a larger map of zeros, in steps from a corner on. Pixels that
 * fall outside are dropped.
 *
 * x [n, h, w, c] to `shape` [n, H, W, c].
 */
export function dilate(
  x: TensorInfo,
  shape: readonly number[],
  { top, left, verticalStep, horizontalStep }: Plane,
  backend: WasmBackend,
): TensorInfo {
  const [batch = 1, height = 1, width = 1, channels = 1] = x.shape;
  const [, outHeight = 1, outWidth = 1] = shape;
  const out = backend.makeOutput([...shape], 'float32');
  const [from, to] = [backend.typedArrayFromHeap(x), backend.typedArrayFromHeap(out)];
  to.fill(0);
  const copy = (source: number, target: number, length: number) =>
    to.set(from.subarray(source, source + length), target);
  for (let n = 0; n < batch; n++)
    for (let y = 0, row = top; y < height; y++, row += verticalStep) {
      if (row < 0 || row >= outHeight) continue;
      const source = (n * height + y) * width * channels;
      const target = (n * outHeight + row) * outWidth * channels;
      if (horizontalStep === 1 && left >= 0 && left + width <= outWidth)
        copy(source, target + left * channels, width * channels);
      else
        for (let x = 0, column = left; x < width; x++, column += horizontalStep)
          if (column >= 0 && column < outWidth)
            copy(source + x * channels, target + column * channels, channels);
    }
  return out;
}
