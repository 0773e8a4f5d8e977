import { activate } from './activation';
import { fold, type Affine } from './affine';
import { paddingOf } from './shape';
import type { LayerCall } from './trace';
import { configOf, onlyInput, unsupported } from './translation';
import type { Translate, Translation, Weight } from './translation';
import { windowAttributes, windowOf, type Window } from './window';

interface ConvolutionConfig {
  kernelSize: readonly number[];
  padding: string;
  activation: string;
}

/** Filters in ONNX's order: outputs × inputs per group × height × width. */
interface Filters {
  data: Float32Array;
  shape: [number, number, number, number];
  group: number;
}

/** Converts Keras's height × width × inputs × outputs to ONNX's order. */
function fullFilters({ data, shape }: Weight): Filters {
  const [height, width, inputs, outputs] = shape as [number, number, number, number];
  const area = height * width;
  const out = new Float32Array(data.length);
  for (let at = 0; at < area; at++)
    for (let i = 0; i < inputs; i++)
      for (let o = 0; o < outputs; o++)
        out[(o * inputs + i) * area + at] = data[(at * inputs + i) * outputs + o]!;
  return { data: out, shape: [outputs, inputs, height, width], group: 1 };
}

/**
 * Converts Keras's height × width × channels × multiplier to ONNX's order, with one group per
 * channel.
 */
function depthwiseFilters({ data, shape }: Weight): Filters {
  const [height, width, channels, multiplier] = shape as [number, number, number, number];
  const area = height * width;
  const outputs = channels * multiplier;
  const out = new Float32Array(data.length);
  for (let at = 0; at < area; at++)
    for (let o = 0; o < outputs; o++) out[o * area + at] = data[at * outputs + o]!;
  return { data: out, shape: [outputs, 1, height, width], group: channels };
}

interface Step {
  name: string;
  window: Window;
  filters: Filters;
  bias?: Weight | undefined;
  affine?: Affine | undefined;
}

function addConv(input: string, step: Step, { builder }: Translation): string {
  const { name, window, filters } = step;
  const perOutput = filters.data.length / filters.shape[0];
  const { data, bias } = fold(filters.data, step.bias, step.affine, perOutput);
  const inputs = [input, builder.constant(`${name}/kernel`, filters.shape, data)];
  if (bias) inputs.push(builder.constant(`${name}/bias`, [bias.length], bias));
  return builder.node('Conv', inputs, name, {
    ...windowAttributes(window),
    dilations: window.dilations,
    group: filters.group,
  });
}

/** Returns a convolution's source and window. Zero padding that only it reads becomes its own. */
function sourceOf(call: LayerCall, translation: Translation): { input: string; window: Window } {
  const { kernelSize, padding } = configOf<ConvolutionConfig>(call);
  const before = onlyInput(call);
  const window = windowOf(call, before.shape, kernelSize);
  const absorbs =
    padding === 'valid' && before.className === 'ZeroPadding2D' && translation.hasOneReader(before);
  if (!absorbs) return { input: translation.value(before).name, window };
  return {
    input: translation.value(onlyInput(before)).name,
    window: { ...window, pads: paddingOf(before) },
  };
}

const once: Pick<Window, 'strides' | 'dilations' | 'pads'> = {
  strides: [1, 1],
  dilations: [1, 1],
  pads: [0, 0, 0, 0],
};

/** Translates `SeparableConv2D`: a depthwise convolution, then a 1 × 1 convolution. */
function separable(call: LayerCall, translation: Translation, affine?: Affine): string {
  const { name } = call.layer;
  const [depthwise, pointwise, bias] = translation.weights(call);
  if (!depthwise || !pointwise) throw unsupported(call, 'without weights');
  const { input, window } = sourceOf(call, translation);
  const between = addConv(
    input,
    { name: `${name}/depthwise`, window, filters: depthwiseFilters(depthwise) },
    translation,
  );
  const step = { name, window: { kernel: [1, 1] as [number, number], ...once } };
  return addConv(between, { ...step, filters: fullFilters(pointwise), bias, affine }, translation);
}

/** Adds a convolution, with the following batch normalization folded in if there is one. */
export function convolve(call: LayerCall, translation: Translation, affine?: Affine): string {
  if (call.className === 'SeparableConv2D') return separable(call, translation, affine);
  const [kernel, bias] = translation.weights(call);
  if (!kernel) throw unsupported(call, 'without weights');
  const filters =
    call.className === 'DepthwiseConv2D' ? depthwiseFilters(kernel) : fullFilters(kernel);
  const { input, window } = sourceOf(call, translation);
  return addConv(input, { name: call.layer.name, window, filters, bias, affine }, translation);
}

/** Translates `Conv2D`, `DepthwiseConv2D` and `SeparableConv2D` with their activation. */
export const convolutionLayer: Translate = (call, translation) =>
  activate(
    configOf<ConvolutionConfig>(call).activation,
    convolve(call, translation),
    call,
    translation,
  );
