import { mean, sqrt, square, sum, type Tensor } from '@tensorflow/tfjs-core';
import type { Operator } from './operatorCall';

type Reduction = (x: Tensor, axes: number[], keepDims: boolean) => Tensor;

/** Reduces over the axes in an input or an attribute, or over all if none are named. */
const over =
  (reduction: Reduction): Operator =>
  (call) => {
    const x = call.tensor(0);
    const named = call.axes(1, x.rank) ?? [];
    if (named.length === 0 && call.integer('noop_with_empty_axes', 0) !== 0) return x;
    const axes = named.length > 0 ? named : x.shape.map((_, at) => at);
    return reduction(x, axes, call.integer('keepdims', 1) !== 0);
  };

/** Operators that reduce many values to one. */
export const reduce: Readonly<Record<string, Operator>> = {
  ReduceMean: over(mean),
  ReduceSum: over(sum),
  // Embeddings of length 1 are divided by it.
  ReduceL2: over((x, axes, keepDims) => sqrt(sum(square(x), axes, keepDims))),
};
