import { backend_util, type MaxPoolGradAttrs } from '@tensorflow/tfjs-core';
import type { Kernel } from './kernel';

type Info = backend_util.Conv2DInfo;

/** Returns the window of one pixel of the result, clipped at the edges: rows and columns of x. */
function windowOf(info: Info, y: number, x: number) {
  const top = y * info.strideHeight - info.padInfo.top;
  const left = x * info.strideWidth - info.padInfo.left;
  return {
    top: Math.max(0, top),
    bottom: Math.min(info.inHeight, top + info.filterHeight),
    left: Math.max(0, left),
    right: Math.min(info.inWidth, left + info.filterWidth),
  };
}

/** Adds the dy of one pixel of the result to the maximum values, channel by channel. */
function addPixel(
  { input, output, dy, dx }: Record<'input' | 'output' | 'dy' | 'dx', Float32Array>,
  { inWidth, inChannels }: Info,
  { top, bottom, left, right }: ReturnType<typeof windowOf>,
  image: number,
  at: number,
): void {
  for (let channel = 0; channel < inChannels; channel++) {
    const largest = output[at + channel]!;
    search: for (let y = top; y < bottom; y++)
      for (let x = left; x < right; x++) {
        const place = image + (y * inWidth + x) * inChannels + channel;
        if (input[place] !== largest) continue;
        dx[place]! += dy[at + channel]!;
        break search;
      }
  }
}

/**
 * Computes `MaxPoolGrad`: dy goes to the first of a window's maxima, as on the cpu backend. The
 * wasm kernel of tfjs is wrong if windows do not cover the input evenly.
 *
 * dy and output [n, oh, ow, c], input [n, h, w, c] to [n, h, w, c].
 */
export const maxPoolGradient: Kernel<'dy' | 'input' | 'output', MaxPoolGradAttrs> = (
  { dy, input, output },
  { filterSize, strides, pad, dimRoundingMode },
  backend,
) => {
  const info = backend_util.computePool2DInfo(
    input.shape as Info['inShape'],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  const out = backend.makeOutput(input.shape, 'float32');
  const values = {
    dx: backend.typedArrayFromHeap(out).fill(0),
    dy: backend.typedArrayFromHeap(dy),
    input: backend.typedArrayFromHeap(input),
    output: backend.typedArrayFromHeap(output),
  };
  const imageSize = info.inHeight * info.inWidth * info.inChannels;
  for (let n = 0, at = 0; n < info.batchSize; n++)
    for (let y = 0; y < info.outHeight; y++)
      for (let x = 0; x < info.outWidth; x++, at += info.inChannels)
        addPixel(values, info, windowOf(info, y, x), n * imageSize, at);
  return out;
};
