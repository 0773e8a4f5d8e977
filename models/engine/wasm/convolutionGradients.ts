import {
  backend_util,
  util,
  type Conv2DBackpropFilterAttrs,
  type Conv2DBackpropInputAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { release, reshaped, runKernel, type Kernel, type WasmBackend } from './kernel';
import { dilate, type Plane } from './dilate';

type Info = backend_util.Conv2DInfo;

type Attributes = Omit<Conv2DBackpropFilterAttrs, 'filterShape'>;

function geometry(x: number[], filter: number[], attributes: Attributes): Info {
  const { strides, pad, dataFormat, dimRoundingMode } = attributes;
  if (dataFormat === 'NCHW') throw new Error('Gradients in wasm need NHWC convolutions, not NCHW');
  const [xShape, filterShape] = [x, filter] as [Info['inShape'], Info['filterShape']];
  return backend_util.computeConv2DInfo(xShape, filterShape, strides, 1, pad, dimRoundingMode);
}

const isPointwise = ({ filterHeight, filterWidth, padInfo }: Info): boolean =>
  filterHeight === 1 && filterWidth === 1 && padInfo.top === 0 && padInfo.left === 0;

const isDense = ({ strideHeight, strideWidth }: Info): boolean =>
  strideHeight === 1 && strideWidth === 1;

/** The output's places within the input, for the backward pass of a strided convolution. */
const strided = (info: Info, top: number, left: number): Plane => ({
  top,
  left,
  verticalStep: info.strideHeight,
  horizontalStep: info.strideWidth,
});

/** Views [n, h, w, c] as [n·h·w, c], without a copy. */
const asRows = (x: TensorInfo): TensorInfo =>
  reshaped(x, [util.sizeFromShape(x.shape.slice(0, -1)), x.shape.at(-1)!]);

const multiply = (
  backend: WasmBackend,
  a: TensorInfo,
  b: TensorInfo,
  transposed: { transposeA?: boolean; transposeB?: boolean },
): TensorInfo =>
  runKernel(
    'BatchMatMul',
    backend,
    { a, b },
    { transposeA: false, transposeB: false, ...transposed },
  );

/**
 * Transposes x [n, h, w, c] to [c, height, width, n], shifted down and right by the padding, zero
 * outside: exactly the values under the windows of a convolution.
 */
function channelsFirst(x: TensorInfo, info: Info, backend: WasmBackend): TensorInfo {
  const [batch, inHeight, inWidth, channels] = info.inShape;
  const height = (info.outHeight - 1) * info.strideHeight + info.filterHeight;
  const width = (info.outWidth - 1) * info.strideWidth + info.filterWidth;
  const { top, left } = info.padInfo;
  const out = backend.makeOutput([channels, height, width, batch], 'float32');
  const [from, to] = [backend.typedArrayFromHeap(x), backend.typedArrayFromHeap(out)];
  const imageSize = inHeight * inWidth * channels;
  const planeSize = height * width * batch;
  to.fill(0);
  for (let y = Math.max(0, top); y < Math.min(height, inHeight + top); y++)
    for (let column = Math.max(0, left); column < Math.min(width, inWidth + left); column++) {
      const source = ((y - top) * inWidth + column - left) * channels;
      const target = (y * width + column) * batch;
      for (let channel = 0; channel < channels; channel++) {
        const [start, at] = [source + channel, target + channel * planeSize];
        for (let n = 0; n < batch; n++) to[at + n] = from[start + n * imageSize]!;
      }
    }
  return out;
}

/**
 * Computes `Conv2DBackpropFilter` as a convolution, at which XNNPACK is fast. The channels of x
 * take the place of the batch, the batch that of the channels, and dy is the filter. A stride of
 * the forward convolution is a dilation here.
 *
 * x [n, h, w, c] and dy [n, oh, ow, d] to [kh, kw, c, d].
 */
export const filterGradient: Kernel<'x' | 'dy', Conv2DBackpropFilterAttrs> = (
  { x, dy },
  attributes,
  backend,
) => {
  const info = geometry(x.shape, attributes.filterShape, attributes);
  if (isPointwise(info) && isDense(info)) {
    const product = multiply(backend, asRows(x), asRows(dy), { transposeA: true });
    return reshaped(product, attributes.filterShape);
  }
  const turned = channelsFirst(x, info, backend);
  const filter = runKernel('Transpose', backend, { x: dy }, { perm: [1, 2, 0, 3] });
  const dilations = [info.strideHeight, info.strideWidth];
  const how = { strides: 1, dilations, pad: 'valid', dataFormat: 'NHWC' };
  const swapped = runKernel('Conv2D', backend, { x: turned, filter }, how);
  const gradient = runKernel('Transpose', backend, { x: swapped }, { perm: [1, 2, 0, 3] });
  release(backend, turned, filter, swapped);
  return gradient;
};

/** Rotates [kh, kw, c, d] by half a turn, to [kh, kw, d, c]. */
function rotated(filter: TensorInfo, backend: WasmBackend): TensorInfo {
  const [height = 1, width = 1, channels = 1, outputs = 1] = filter.shape;
  const out = backend.makeOutput([height, width, outputs, channels], 'float32');
  const [from, to] = [backend.typedArrayFromHeap(filter), backend.typedArrayFromHeap(out)];
  const tapSize = channels * outputs;
  for (let tap = 0; tap < height * width; tap++) {
    const source = (height * width - 1 - tap) * tapSize;
    for (let channel = 0; channel < channels; channel++)
      for (let output = 0; output < outputs; output++)
        to[tap * tapSize + output * channels + channel] =
          from[source + channel * outputs + output]!;
  }
  return out;
}

/** Computes dy · filterᵀ for 1 × 1 filters, placed at the steps of the convolution. */
function pointwiseInputGradient(
  dy: TensorInfo,
  filter: TensorInfo,
  info: Info,
  backend: WasmBackend,
): TensorInfo {
  const product = multiply(backend, asRows(dy), asRows(filter), { transposeB: true });
  if (isDense(info)) return reshaped(product, info.inShape);
  const small = reshaped(product, [...info.outShape.slice(0, 3), info.inChannels]);
  const gradient = dilate(small, info.inShape, strided(info, 0, 0), backend);
  release(backend, product);
  return gradient;
}

/**
 * Computes `Conv2DBackpropInput` as a convolution of dy with the filter rotated by half a turn.
 * Places that the stride of the forward convolution skipped are filled with zeros first.
 *
 * dy [n, oh, ow, d] and filter [kh, kw, c, d] to [n, h, w, c].
 */
export const inputGradient: Kernel<'dy' | 'filter', Conv2DBackpropInputAttrs> = (
  { dy, filter },
  attributes,
  backend,
) => {
  const info = geometry(attributes.inputShape, filter.shape, attributes);
  if (isPointwise(info)) return pointwiseInputGradient(dy, filter, info, backend);
  const turned = rotated(filter, backend);
  const gradient = convolveBack('Conv2D', dy, turned, info, backend);
  release(backend, turned);
  return gradient;
};

/** Dilates dy by the stride, pads it with zeros, and convolves it with a rotated filter. */
export function convolveBack(
  kernel: 'Conv2D' | 'DepthwiseConv2dNative',
  dy: TensorInfo,
  filter: TensorInfo,
  info: Info,
  backend: WasmBackend,
): TensorInfo {
  const [batch, inHeight, inWidth] = info.inShape;
  const height = inHeight + info.filterHeight - 1;
  const width = inWidth + info.filterWidth - 1;
  const place = strided(
    info,
    info.filterHeight - 1 - info.padInfo.top,
    info.filterWidth - 1 - info.padInfo.left,
  );
  const framed = dilate(dy, [batch, height, width, info.outChannels], place, backend);
  const how = { strides: [1, 1], dilations: [1, 1], pad: 'valid', dataFormat: 'NHWC' };
  const gradient = runKernel(kernel, backend, { x: framed, filter }, how);
  release(backend, framed);
  return gradient;
}
