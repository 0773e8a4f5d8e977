import {
  backend_util,
  type DepthwiseConv2dNativeBackpropFilterAttrs,
  type DepthwiseConv2dNativeBackpropInputAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { convolveBack } from './convolutionGradients';
import { release, type Kernel, type WasmBackend } from './kernel';

type Info = backend_util.Conv2DInfo;
type Attributes = Omit<DepthwiseConv2dNativeBackpropInputAttrs, 'inputShape'>;

function geometry(x: number[], filter: number[], attributes: Attributes): Info {
  const { strides, dilations, pad, dimRoundingMode } = attributes;
  const [xShape, filterShape] = [x, filter] as [Info['inShape'], Info['filterShape']];
  const isPlain = [dilations].flat().every((dilation) => dilation === 1) && filter[3] === 1;
  if (!isPlain)
    throw new Error(
      'Gradients in wasm need depthwise convolutions without dilation, one filter per channel',
    );
  return backend_util.computeConv2DInfo(
    xShape,
    filterShape,
    strides,
    1,
    pad,
    dimRoundingMode,
    true,
  );
}

/** Adds x · dy, channel by channel, along one row of the result for one tap of the filter. */
function addTap(
  sums: Float64Array,
  at: number,
  x: { values: Float32Array; at: number; step: number },
  dy: { values: Float32Array; at: number; step: number },
  pixels: number,
): void {
  const channels = dy.step;
  for (let pixel = 0; pixel < pixels; pixel++) {
    const [from, by] = [x.at + pixel * x.step, dy.at + pixel * channels];
    for (let channel = 0; channel < channels; channel++)
      sums[at + channel]! += x.values[from + channel]! * dy.values[by + channel]!;
  }
}

/** Returns the pixels of a row of the result for which the given filter column is inside x. */
function span(info: Info, tap: number): { first: number; pixels: number } {
  const { strideWidth, inWidth, outWidth, padInfo } = info;
  const first = Math.max(0, Math.ceil((padInfo.left - tap) / strideWidth));
  const last = Math.min(outWidth - 1, Math.floor((inWidth - 1 + padInfo.left - tap) / strideWidth));
  return { first, pixels: last - first + 1 };
}

function sumTaps(x: Float32Array, dy: Float32Array, info: Info, channels: number): Float64Array {
  const { batchSize, inHeight, inWidth, outHeight, outWidth, filterHeight, filterWidth } = info;
  const sums = new Float64Array(filterHeight * filterWidth * channels);
  for (let n = 0; n < batchSize; n++)
    for (let y = 0; y < outHeight; y++)
      for (let ky = 0; ky < filterHeight; ky++) {
        const row = y * info.strideHeight + ky - info.padInfo.top;
        if (row < 0 || row >= inHeight) continue;
        for (let kx = 0; kx < filterWidth; kx++) {
          const { first, pixels } = span(info, kx);
          const column = first * info.strideWidth + kx - info.padInfo.left;
          const from = ((n * inHeight + row) * inWidth + column) * channels;
          const by = ((n * outHeight + y) * outWidth + first) * channels;
          addTap(
            sums,
            (ky * filterWidth + kx) * channels,
            { values: x, at: from, step: info.strideWidth * channels },
            { values: dy, at: by, step: channels },
            pixels,
          );
        }
      }
  return sums;
}

/**
 * Computes `DepthwiseConv2dNativeBackpropFilter` with one pass over x and dy per tap of the filter.
 *
 * x [n, h, w, c] and dy [n, oh, ow, c] to [kh, kw, c, 1].
 */
export const depthwiseFilterGradient: Kernel<
  'x' | 'dy',
  DepthwiseConv2dNativeBackpropFilterAttrs
> = ({ x, dy }, attributes, backend) => {
  const info = geometry(x.shape, attributes.filterShape, attributes);
  const out = backend.makeOutput(attributes.filterShape, 'float32');
  const [values, by] = [backend.typedArrayFromHeap(x), backend.typedArrayFromHeap(dy)];
  backend.typedArrayFromHeap(out).set(sumTaps(values, by, info, info.inChannels));
  return out;
};

/** Rotates [kh, kw, c, 1] by half a turn. */
function rotated(filter: TensorInfo, backend: WasmBackend): TensorInfo {
  const [height = 1, width = 1, channels = 1] = filter.shape;
  const out = backend.makeOutput(filter.shape, 'float32');
  const [from, to] = [backend.typedArrayFromHeap(filter), backend.typedArrayFromHeap(out)];
  for (let tap = 0, last = height * width - 1; tap <= last; tap++)
    to.set(from.subarray(tap * channels, (tap + 1) * channels), (last - tap) * channels);
  return out;
}

/**
 * Computes `DepthwiseConv2dNativeBackpropInput` as a depthwise convolution of dy with the filter
 * rotated by half a turn.
 *
 * dy [n, oh, ow, c] and filter [kh, kw, c, 1] to [n, h, w, c].
 */
export const depthwiseInputGradient: Kernel<
  'dy' | 'filter',
  DepthwiseConv2dNativeBackpropInputAttrs
> = ({ dy, filter }, attributes, backend) => {
  const info = geometry(attributes.inputShape, filter.shape, attributes);
  const turned = rotated(filter, backend);
  const gradient = convolveBack('DepthwiseConv2dNative', dy, turned, info, backend);
  release(backend, turned);
  return gradient;
};
