import * as tf from '@tensorflow/tfjs-core';
import type { Operator, OperatorCall } from './operatorCall';

type Pair = [number, number];

/** A window that slides over an image, as ONNX's `Conv` and pooling define it. */
interface Window {
  kernel: Pair;
  strides: Pair;
  dilations: Pair;
  /** Before and after the rows, before and after the columns. */
  pads: [Pair, Pair];
}

const pairOf = (list: readonly number[] | undefined, otherwise: Pair): Pair =>
  list?.length === 2 ? [list[0]!, list[1]!] : otherwise;

/** Accepts only two-dimensional images, such as feature maps. */
function imageOf(call: OperatorCall): tf.Tensor4D {
  const x = call.tensor(0);
  if (x.rank !== 4) throw call.unsupported(`on values of ${x.rank} axes`);
  return x as tf.Tensor4D;
}

/** How far the window reaches beyond one side after this many steps. */
const overreach = (size: number, steps: number, reach: number, stride: number) =>
  Math.max(0, (steps - 1) * stride + reach - size);

/** Combines `auto_pad`, `pads` and `ceil_mode` into the padding of one side. */
function padsOf(
  call: OperatorCall,
  size: number,
  side: 0 | 1,
  reach: number,
  stride: number,
): Pair {
  const auto = call.text('auto_pad', 'NOTSET');
  if (auto === 'SAME_UPPER' || auto === 'SAME_LOWER') {
    const total = overreach(size, Math.ceil(size / stride), reach, stride);
    const less = Math.floor(total / 2);
    return auto === 'SAME_UPPER' ? [less, total - less] : [total - less, less];
  }
  const pads = auto === 'VALID' ? undefined : call.list('pads');
  const [before, after] = [pads?.[side] ?? 0, pads?.[side + 2] ?? 0];
  if (call.integer('ceil_mode', 0) === 0) return [before, after];
  const padded = size + before + after;
  const steps = Math.ceil((padded - reach) / stride) + 1;
  // A window that would begin in the padding after the image does not count.
  const counted = (steps - 1) * stride >= size + before ? steps - 1 : steps;
  return [before, after + overreach(padded, counted, reach, stride)];
}

function windowOf(call: OperatorCall, kernel: Pair): Window {
  const [, , height, width] = imageOf(call).shape;
  const strides = pairOf(call.list('strides'), [1, 1]);
  const dilations = pairOf(call.list('dilations'), [1, 1]);
  const side = (at: 0 | 1, size: number) =>
    padsOf(call, size, at, (kernel[at] - 1) * dilations[at] + 1, strides[at]);
  return { kernel, strides, dilations, pads: [side(0, height), side(1, width)] };
}

/** Returns the image with channels last and the padding that the window needs. */
function around(x: tf.Tensor4D, { pads }: Window, value = 0): tf.Tensor4D {
  const last = tf.transpose(x, [0, 2, 3, 1]);
  return pads.flat().some((size) => size > 0)
    ? tf.pad(last, [[0, 0], ...pads, [0, 0]], value)
    : last;
}

const channelsFirst = (x: tf.Tensor) => tf.transpose(x, [0, 3, 1, 2]);

/** Supports one group, or one group per channel. */
const convolution: Operator = (call) => {
  const [x, kernel] = [imageOf(call), call.tensor(1) as tf.Tensor4D];
  const group = call.integer('group', 1);
  const [, channels] = x.shape;
  if (kernel.rank !== 4 || (group !== 1 && (group !== channels || kernel.shape[1] !== 1)))
    throw call.unsupported(`in ${group} groups`);
  const window = windowOf(call, [kernel.shape[2], kernel.shape[3]]);
  const input = around(x, window);
  const { strides, dilations } = window;
  const sums =
    group === 1
      ? tf.conv2d(input, tf.transpose(kernel, [2, 3, 1, 0]), strides, 'valid', 'NHWC', dilations)
      : depthwise(input, kernel, window);
  const biased = call.has(2) ? tf.add<tf.Tensor>(sums, call.tensor(2)) : sums;
  return channelsFirst(biased);
};

/** Converts [channels · multiplier, 1, h, w] to TensorFlow.js's [h, w, channels, multiplier]. */
function depthwise(input: tf.Tensor4D, kernel: tf.Tensor4D, { strides, dilations }: Window) {
  const [outputs, , height, width] = kernel.shape;
  const channels = input.shape[3];
  const grouped = tf.reshape(kernel, [channels, outputs / channels, height, width]);
  const turned = tf.transpose(grouped, [2, 3, 0, 1]);
  return tf.depthwiseConv2d(input, turned as tf.Tensor4D, strides, 'valid', 'NHWC', dilations);
}

function poolingWindow(call: OperatorCall): Window {
  const window = windowOf(call, pairOf(call.list('kernel_shape'), [1, 1]));
  if (window.dilations.some((dilation) => dilation !== 1)) throw call.unsupported('with dilations');
  return window;
}

/** Far below any activation, and finite, so that padding is never the maximum. */
const lowest = -3e38;

const maxPool: Operator = (call) => {
  const window = poolingWindow(call);
  const input = around(imageOf(call), window, lowest);
  return channelsFirst(tf.maxPool(input, window.kernel, window.strides, 'valid'));
};

/** Padding counts only if `count_include_pad` says so. */
const averagePool: Operator = (call) => {
  const window = poolingWindow(call);
  const x = imageOf(call);
  const countsPadding = call.integer('count_include_pad', 0) !== 0;
  if (countsPadding && call.integer('ceil_mode', 0) !== 0)
    throw call.unsupported('with ceil_mode and count_include_pad');
  const average = (image: tf.Tensor4D) =>
    tf.avgPool(around(image, window), window.kernel, window.strides, 'valid');
  const averages = average(x);
  if (countsPadding) return channelsFirst(averages);
  return channelsFirst(tf.div(averages, average(tf.onesLike(x))));
};

/** Among equal maxima only one cell gets the gradient, whereas `max` would give it to each. */
const globalMaxPool: Operator = (call) => {
  const x = imageOf(call);
  const last = tf.transpose(x, [0, 2, 3, 1]);
  return channelsFirst(tf.maxPool(last, [x.shape[2], x.shape[3]], 1, 'valid'));
};

/** Operators that slide over images [N, C, h, w]. TensorFlow.js needs the channels last. */
export const windows: Readonly<Record<string, Operator>> = {
  Conv: convolution,
  MaxPool: maxPool,
  AveragePool: averagePool,
  GlobalAveragePool: (call) => tf.mean(imageOf(call), [2, 3], true),
  GlobalMaxPool: globalMaxPool,
};
