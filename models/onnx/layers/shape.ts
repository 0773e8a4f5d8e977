import type { LayerCall } from './trace';
import { configOf, graphAxis, onlyInput, unsupported, type Translate } from './translation';
import type { Translation } from './translation';
import { requireChannelsLast } from './window';

/** Returns the rows above, columns left, rows below and columns right of a `ZeroPadding2D`. */
export function paddingOf(call: LayerCall): [number, number, number, number] {
  requireChannelsLast(call);
  const { padding } = configOf<{ padding: [[number, number], [number, number]] }>(call);
  const [[top, bottom], [left, right]] = padding;
  return [top, left, bottom, right];
}

/**
 * The smallest normal float32 replaces zero. ONNX Runtime merges a padding by exactly zero into a
 * following maximum, and negative values would then be larger than it.
 */
const almostZero = 2 ** -126;

/** Translates `ZeroPadding2D` that no window absorbs. */
export const zeroPaddingLayer: Translate = (call, translation) => {
  const { builder } = translation;
  const [top, left, bottom, right] = paddingOf(call);
  const pads = BigInt64Array.from([0, 0, top, left, 0, 0, bottom, right], BigInt);
  return builder.node(
    'Pad',
    [
      translation.value(onlyInput(call)).name,
      builder.constant(`${call.layer.name}/pads`, [8], pads),
      builder.scalar(`${call.layer.name}/zero`, almostZero),
    ],
    call.layer.name,
  );
};

const isImage = (shape: readonly number[]) => shape.length === 3;
/** Whether the order of an image's values differs between channels first and channels last. */
const orderMatters = ([height = 1, width = 1, channels = 1]: readonly number[]) =>
  height * width > 1 && channels > 1;

/** Keeps TensorFlow.js's order of values: channels last before the reshape. */
function reshape(call: LayerCall, { builder, value }: Translation): string {
  const { name } = call.layer;
  const from = value(onlyInput(call));
  const to = call.shape;
  const turnFirst = isImage(from.shape) && orderMatters(from.shape);
  const turnAfter = isImage(to) && orderMatters(to);
  const last = turnFirst
    ? builder.node('Transpose', [from.name], `${name}/last`, { perm: [0, 2, 3, 1] })
    : from.name;
  const sizes = isImage(to) && !turnAfter ? [to[2]!, to[0]!, to[1]!] : to;
  const shape = BigInt64Array.from([-1, ...sizes], BigInt);
  const target = builder.constant(`${name}/shape`, [shape.length], shape);
  const laid = builder.node('Reshape', [last, target], turnAfter ? `${name}/laid` : name);
  return turnAfter ? builder.node('Transpose', [laid], name, { perm: [0, 3, 1, 2] }) : laid;
}

/** Translates `Reshape` and `Flatten`. */
export const reshapeLayer: Translate = (call, translation) => {
  requireChannelsLast(call);
  return reshape(call, translation);
};

/** Translates `Dropout` and other layers that act only in training. */
export const identityLayer: Translate = (call, { value }) => value(onlyInput(call)).name;

/** Translates `Add`, `Multiply`, `Maximum` and `Minimum` of values of one shape. */
export const mergeLayer =
  (operator: string): Translate =>
  (call, { builder, value }) => {
    const shape = call.shape.join();
    if (call.inputs.some((input) => input.shape.join() !== shape))
      throw unsupported(call, 'of different shapes');
    return call.inputs
      .map((input) => value(input).name)
      .reduce((sum, next) => builder.node(operator, [sum, next], call.layer.name));
  };

/** Translates `Concatenate` along any axis except the batch's. */
export const concatenateLayer: Translate = (call, { builder, value }) => {
  const { axis } = configOf<{ axis: number }>(call);
  const inputs = call.inputs.map((input) => value(input).name);
  return builder.node('Concat', inputs, call.layer.name, { axis: graphAxis(call, axis) });
};
