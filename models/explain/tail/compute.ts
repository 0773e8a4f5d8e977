import { tensor, type Tensor } from '@tensorflow/tfjs-core';
import { ModelInputError } from '../../errors';
import type { Tail } from './cut';
import { OperatorCall } from './operatorCall';
import { operators } from './operators';

/** @throws ModelInputError `BACKBONE` naming the first operator that is not supported */
export function requireOperators({ nodes }: Tail): void {
  const unknown = nodes.find(({ operator, domain }) => domain || !operators.has(operator));
  if (unknown)
    throw new ModelInputError(
      'BACKBONE',
      'Between `feature_map` and `embedding` the backbone has the operator ' +
        `${unknown.operator}, which cannot be differentiated here`,
    );
}

/** The tail's floats as tensors, which the caller disposes of. */
export function weightsOf({ constants }: Tail): ReadonlyMap<string, Tensor> {
  const weights = new Map<string, Tensor>();
  for (const [name, { shape, data }] of constants)
    if (data instanceof Float32Array) weights.set(name, tensor(data, [...shape]));
  return weights;
}

function computeNode(call: OperatorCall): Tensor {
  try {
    return operators.get(call.node.operator)!(call);
  } catch (error) {
    if (error instanceof ModelInputError) throw error;
    throw call.unsupported(
      `that fails (${error instanceof Error ? error.message : String(error)})`,
    );
  }
}

/**
 * What the tail makes of a map, in operators of TensorFlow.js: inside `tidy`, or what is between is
 * kept.
 *
 * @param map as `feature_map` is laid out in the file
 * @returns the embedding, [1, values]
 * @throws ModelInputError `BACKBONE` for a form of an operator that is not supported
 */
export function computeTail(
  { nodes, constants }: Tail,
  weights: ReadonlyMap<string, Tensor>,
  map: Tensor,
): Tensor {
  const tensors = new Map([...weights, ['feature_map', map]]);
  for (const node of nodes)
    tensors.set(node.outputs[0] ?? '', computeNode(new OperatorCall(node, { tensors, constants })));
  return tensors.get('embedding')!;
}
