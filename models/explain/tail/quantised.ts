import { clipByValue, tensor } from '@tensorflow/tfjs-core';
import type { Initializer } from '../../onnx/model';
import type { Operator, OperatorCall } from './operatorCall';

/**
 * Returns the smallest and the largest integer of a zero point's type; bytes without a zero point.
 */
function rangeOf(zero: Initializer | undefined): [number, number] {
  if (zero?.data instanceof Int8Array) return [-128, 127];
  return [0, 255];
}

/** Returns the scale and zero point of a value that has one of each. */
function scaleOf(call: OperatorCall) {
  const zero = call.has(2) ? call.constant(2) : undefined;
  return { scale: call.number(1) ?? 1, zeroPoint: call.number(2) ?? 0, range: rangeOf(zero) };
}

/**
 * Rounding has no gradient, so the gradient passes straight through (Bengio et al. 2013,
 * "Estimating or propagating gradients through stochastic neurons"). Values outside 8 bits are
 * clipped.
 */
const quantise: Operator = (call) => {
  const { scale, zeroPoint, range } = scaleOf(call);
  const [low, high] = range.map((bound) => (bound - zeroPoint) * scale);
  return clipByValue(call.tensor(0), low!, high!);
};

/** Stored weights become floats. The output of `quantise` is still in floats. */
const dequantise: Operator = (call) => {
  const stored = call.constant(0);
  if (!stored) return call.tensor(0);
  const [scales, zeros] = [call.constant(1)?.data, call.constant(2)?.data];
  if (!scales || stored.data instanceof BigInt64Array)
    throw call.unsupported('without constant scales');
  const axis = call.integer('axis', 1);
  const run = stored.shape
    .slice(axis < 0 ? axis + stored.shape.length + 1 : axis + 1)
    .reduce((all, size) => all * size, 1);
  const values = Float32Array.from(stored.data, (value, at) => {
    const channel = scales.length === 1 ? 0 : Math.floor(at / run) % scales.length;
    return (value - Number(zeros?.[channel] ?? 0)) * Number(scales[channel]);
  });
  return tensor(values, [...stored.shape]);
};

/** The operators that store values between nodes in 8 bits ("QDQ"). */
export const quantised: Readonly<Record<string, Operator>> = {
  QuantizeLinear: quantise,
  DequantizeLinear: dequantise,
};
