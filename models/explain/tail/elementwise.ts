import * as tf from '@tensorflow/tfjs-core';
import type { Operator, OperatorCall } from './operatorCall';

type Unary = (x: tf.Tensor, call: OperatorCall) => tf.Tensor;

/** max(0, min(1, alpha · x + beta)). */
const hardSigmoid = (x: tf.Tensor, alpha: number, beta: number) =>
  tf.clipByValue(tf.add(tf.mul(x, alpha), beta), 0, 1);

const unaries: Readonly<Record<string, Unary>> = {
  Identity: (x) => x,
  // Inference drops nothing.
  Dropout: (x) => x,
  Relu: (x) => tf.relu(x),
  LeakyRelu: (x, call) => tf.leakyRelu(x, call.float('alpha', 0.01)),
  Sigmoid: (x) => tf.sigmoid(x),
  Tanh: (x) => tf.tanh(x),
  HardSigmoid: (x, call) => hardSigmoid(x, call.float('alpha', 0.2), call.float('beta', 0.5)),
  HardSwish: (x) => tf.mul(x, hardSigmoid(x, 1 / 6, 0.5)),
  Elu: (x, call) => {
    if (call.float('alpha', 1) !== 1) throw call.unsupported('of an alpha other than 1');
    return tf.elu(x);
  },
  Selu: (x) => tf.selu(x),
  Softplus: (x) => tf.softplus(x),
  Softsign: (x) => tf.div(x, tf.add(tf.abs(x), 1)),
  Erf: (x) => tf.erf(x),
  Exp: (x) => tf.exp(x),
  Sqrt: (x) => tf.sqrt(x),
  Neg: (x) => tf.neg(x),
  Abs: (x) => tf.abs(x),
  Clip: (x, call) =>
    tf.clipByValue(
      x,
      call.number(1) ?? call.float('min', -Infinity),
      call.number(2) ?? call.float('max', Infinity),
    ),
};

/** ONNX and TensorFlow.js broadcast shapes in the same way. */
const binaries: Readonly<Record<string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor>> = {
  Add: (a, b) => tf.add(a, b),
  Sub: (a, b) => tf.sub(a, b),
  Mul: (a, b) => tf.mul(a, b),
  Div: (a, b) => tf.div(a, b),
  Pow: (a, b) => tf.pow(a, b),
  Max: (a, b) => tf.maximum(a, b),
  Min: (a, b) => tf.minimum(a, b),
  Sum: (a, b) => tf.add(a, b),
};

const inputsOf = (call: OperatorCall) =>
  Array.from({ length: call.inputCount }, (_, at) => call.tensor(at));

/** Operators that apply the same function to every value. */
export const elementwise: Readonly<Record<string, Operator>> = {
  ...Object.fromEntries(
    Object.entries(unaries).map(([name, apply]): [string, Operator] => [
      name,
      (call) => apply(call.tensor(0), call),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(binaries).map(([name, apply]): [string, Operator] => [
      name,
      (call) => inputsOf(call).reduce(apply),
    ]),
  ),
};
