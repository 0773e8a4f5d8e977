import { add, matMul, mul, moments, reshape, rsqrt, sub, type Tensor } from '@tensorflow/tfjs-core';
import type { Operator } from './operatorCall';

/** alpha · A · B + beta · C, with A and B transposed on request. */
const gemm: Operator = (call) => {
  const [alpha, beta] = [call.float('alpha', 1), call.float('beta', 1)];
  const [transposeA, transposeB] = ['transA', 'transB'].map((name) => call.integer(name, 0) !== 0);
  const product = matMul<Tensor>(call.tensor(0), call.tensor(1), transposeA, transposeB);
  const scaled = alpha === 1 ? product : mul<Tensor>(product, alpha);
  if (!call.has(2)) return scaled;
  const shift = call.tensor(2);
  return add<Tensor>(scaled, beta === 1 ? shift : mul<Tensor>(shift, beta));
};

const matrixProduct: Operator = (call) => {
  const [a, b] = [call.tensor(0), call.tensor(1)];
  if (a.rank < 2 || b.rank < 2) throw call.unsupported('of a vector');
  return matMul(a, b);
};

/** In inference: (x - mean) / √(variance + epsilon) · scale + shift, per channel (axis 1). */
const batchNormalization: Operator = (call) => {
  const x = call.tensor(0);
  const perChannel = (at: number) => {
    const values = call.tensor(at);
    return reshape(values, [values.size, ...Array<number>(Math.max(0, x.rank - 2)).fill(1)]);
  };
  const [scale, shift, mean, variance] = [1, 2, 3, 4].map(perChannel);
  const by = mul(scale!, rsqrt(add(variance!, call.float('epsilon', 1e-5))));
  return add(mul(sub(x, mean!), by), shift!);
};

/**
 * Normalises each image's values from `axis` on to mean 0 and variance 1, then scales and shifts
 * them.
 */
const layerNormalization: Operator = (call) => {
  const x = call.tensor(0);
  const axis = call.integer('axis', -1);
  const from = axis < 0 ? axis + x.rank : axis;
  const axes = x.shape.map((_, at) => at).slice(from);
  const { mean, variance } = moments(x, axes, true);
  const by = mul(call.tensor(1), rsqrt(add(variance, call.float('epsilon', 1e-5))));
  const scaled = mul<Tensor>(sub(x, mean), by);
  return call.has(2) ? add(scaled, call.tensor(2)) : scaled;
};

/** Operators that mix or scale channels. */
export const dense: Readonly<Record<string, Operator>> = {
  Gemm: gemm,
  MatMul: matrixProduct,
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
};
