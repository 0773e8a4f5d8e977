import { concat, pad, reshape, transpose, type Tensor } from '@tensorflow/tfjs-core';
import type { Operator, OperatorCall } from './operatorCall';

const product = (sizes: readonly number[]) => sizes.reduce((all, size) => all * size, 1);

const axisOf = (call: OperatorCall, rank: number, otherwise: number) => {
  const axis = call.integer('axis', otherwise);
  return axis < 0 ? axis + rank : axis;
};

/** Flattens to two axes: those before `axis`, and the others. */
const flatten: Operator = (call) => {
  const x = call.tensor(0);
  const axis = axisOf(call, x.rank, 1);
  return reshape(x, [product(x.shape.slice(0, axis)), product(x.shape.slice(axis))]);
};

/** A size of 0 keeps the input's size, unless `allowzero` makes it an empty axis. */
const reshapeTo: Operator = (call) => {
  const x = call.tensor(0);
  const sizes = call.integers(1) ?? call.list('shape') ?? [];
  const keeps = call.integer('allowzero', 0) === 0;
  return reshape(
    x,
    sizes.map((size, at) => (size === 0 && keeps ? (x.shape[at] ?? 0) : size)),
  );
};

const transposeBy: Operator = (call) => {
  const x = call.tensor(0);
  const perm = call.list('perm');
  return transpose(x, perm ? [...perm] : x.shape.map((_, at) => x.rank - 1 - at));
};

const squeeze: Operator = (call) => {
  const x = call.tensor(0);
  const axes = call.axes(1, x.rank);
  const goes = (size: number, at: number) => (axes ? axes.includes(at) : size === 1);
  return reshape(
    x,
    x.shape.filter((size, at) => !goes(size, at)),
  );
};

const unsqueeze: Operator = (call) => {
  const x = call.tensor(0);
  const count = call.integers(1)?.length ?? call.list('axes')?.length ?? 0;
  const axes = call.axes(1, x.rank + count) ?? [];
  const sizes = [...x.shape];
  const shape = Array.from({ length: x.rank + count }, (_, at) =>
    axes.includes(at) ? 1 : (sizes.shift() ?? 1),
  );
  return reshape(x, shape);
};

const concatenate: Operator = (call) => {
  const inputs: Tensor[] = Array.from({ length: call.inputCount }, (_, at) => call.tensor(at));
  return concat(inputs, axisOf(call, inputs[0]!.rank, 0));
};

/** Pads with a constant, by zero or more on every side. */
const padBy: Operator = (call) => {
  const x = call.tensor(0);
  const pads = call.integers(1) ?? call.list('pads') ?? [];
  const isOther = call.text('mode', 'constant') !== 'constant' || call.has(3);
  if (isOther || pads.length !== 2 * x.rank || pads.some((size) => size < 0))
    throw call.unsupported('in a mode other than a constant around all axes');
  const sides = x.shape.map((_, at): [number, number] => [pads[at]!, pads[at + x.rank]!]);
  return pad(x, sides, call.number(2) ?? call.float('value', 0));
};

/** Operators that change the layout of values. */
export const shape: Readonly<Record<string, Operator>> = {
  Flatten: flatten,
  Reshape: reshapeTo,
  Transpose: transposeBy,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Concat: concatenate,
  Pad: padBy,
};
