import { paddingOf } from './shape';
import type { LayerCall } from './trace';
import { configOf, onlyInput, type Translate, type Translation } from './translation';
import { requireChannelsLast, windowAttributes, windowOf, type Window } from './window';

const positive = new Set(['relu', 'relu6', 'sigmoid', 'softmax', 'softplus', 'hardSigmoid']);
const isPositive = (call: LayerCall) =>
  call.className === 'ReLU' ||
  positive.has(configOf<{ activation?: string }>(call).activation ?? '');

/**
 * Whether zero padding can become ONNX's own padding, which a maximum never chooses. That gives the
 * same result if only this maximum reads the padding and its values are never below zero.
 */
function absorbable(call: LayerCall, window: Window, { hasOneReader }: Translation) {
  const before = onlyInput(call);
  if (before.className !== 'ZeroPadding2D' || !hasOneReader(before)) return undefined;
  const { padding } = configOf<{ padding: string }>(call);
  const pads = paddingOf(before);
  const fits = pads.every((pad, side) => pad < window.kernel[side % 2]!);
  return padding === 'valid' && fits && isPositive(onlyInput(before)) ? pads : undefined;
}

/** Translates `MaxPooling2D`. SAME padding is never the maximum. */
export const maxPoolingLayer: Translate = (call, translation) => {
  const source = onlyInput(call);
  const { poolSize } = configOf<{ poolSize: readonly number[] }>(call);
  const window = windowOf(call, source.shape, poolSize);
  const pads = absorbable(call, window, translation);
  const input = translation.value(pads ? onlyInput(source) : source).name;
  const attributes = windowAttributes(pads ? { ...window, pads } : window);
  return translation.builder.node('MaxPool', [input], call.layer.name, attributes);
};

/**
 * Translates `AveragePooling2D`. SAME padding does not count in the average, in TensorFlow as in
 * ONNX (`count_include_pad` 0, its default).
 */
export const averagePoolingLayer: Translate = (call, { builder, value }) => {
  const source = onlyInput(call);
  const { poolSize } = configOf<{ poolSize: readonly number[] }>(call);
  const window = windowOf(call, source.shape, poolSize);
  return builder.node(
    'AveragePool',
    [value(source).name],
    call.layer.name,
    windowAttributes(window),
  );
};

/** Translates `GlobalAveragePooling2D` and `GlobalMaxPooling2D`: one value per channel. */
export const globalPoolingLayer =
  (operator: 'GlobalAveragePool' | 'GlobalMaxPool'): Translate =>
  (call, { builder, value }) => {
    requireChannelsLast(call);
    const { name } = call.layer;
    const pooled = builder.node(operator, [value(onlyInput(call)).name], `${name}/pooled`);
    return builder.node('Flatten', [pooled], name, { axis: 1 });
  };
