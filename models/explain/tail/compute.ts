import { tensor, type Tensor } from '@tensorflow/tfjs-core';
import { ModelInputError } from '../../errors';
import type { Tail } from './tail';
import { OperatorCall } from './operatorCall';
import { operators } from './operators';

/** @throws ModelInputError `BACKBONE` with the first operator that is not supported */
export function requireOperators({ nodes }: Tail): void {
  const unknown = nodes.find(({ operator, domain }) => domain || !operators.has(operator));
  if (unknown)
    throw new ModelInputError(
      'BACKBONE',
      'Between `feature_map` and `embedding` the backbone has the operator ' +
        `${unknown.operator}, which cannot be differentiated here`,
    );
}

/** Returns the tail's floats as tensors, which the caller has to dispose. */
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
 * Computes the tail on a map with TensorFlow.js operators. Call it inside `tidy`, or intermediate
 * tensors leak.
 *
 * @param map with the layout of `feature_map` in the file
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
