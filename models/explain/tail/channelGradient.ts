import {
  dispose,
  sum,
  tensor,
  tidy,
  transpose,
  valueAndGrad,
  zeros,
  type Tensor,
} from '@tensorflow/tfjs-core';
// Registers the gradients of TensorFlow.js's operators.
import '@tensorflow/tfjs-layers';
import type { FeatureMap } from '../../backbones/featureMap';
import { ModelInputError, requireShape } from '../../errors';
import type { Graph } from '../../onnx/model';
import { computeTail, requireOperators, weightsOf } from './compute';
import { tailOf, type Tail } from './tail';

/**
 * The layers after a backbone's feature map, ready for differentiation. `dispose` frees the
 * weights.
 */
export interface DifferentiableTail {
  /**
   * Computes the gradient of a value by each channel of the feature map, summed over the channel's
   * cells. The value depends on the embedding.
   *
   * @param map the backbone's map of the image
   * @param cotangent the value's gradient by the embedding
   * @returns one value per channel
   * @throws ModelInputError `SHAPE`, or `BACKBONE` if TensorFlow.js does not compute the backbone's
   *   embedding, or the gradient is not finite
   */
  channelGradient(map: FeatureMap, cotangent: Float32Array): Promise<Float32Array>;
  dispose(): void;
}

/**
 * Maximum difference to the backbone's own embedding, as a share of its length. 8 bits are rounded.
 */
const agreement = 0.05;

/**
 * Converts the part of a backbone between `feature_map` and `embedding` to TensorFlow.js operators,
 * which have gradients. It computes on the backend that is open when it is used.
 *
 * @throws ModelInputError `BACKBONE` if the embedding depends on more than the map, or on an
 *   operator that is not supported; the message names the operator
 */
export function openTail(graph: Graph): DifferentiableTail {
  const tail = tailOf(graph);
  requireOperators(tail);
  const weights = weightsOf(tail);
  let tried = '';
  return {
    channelGradient: async (map, cotangent) => {
      requireShape('Feature map', map.values, map.channels, map.height, map.width);
      requireShape('Gradient', cotangent, map.embedding.length);
      // A failure happens here first, because TensorFlow.js keeps what a gradient saved before it
      // failed.
      const shape = shapeOf(map);
      if (tried !== shape.join()) tidy(() => void computeTail(tail, weights, zeros(shape)));
      tried = shape.join();
      const outputs = tidy(() => differentiate(tail, weights, map, cotangent));
      try {
        const [embedding, gradient] = await Promise.all(
          outputs.map((output) => output.data<'float32'>()),
        );
        requireAgreement(embedding!, map.embedding);
        if (gradient!.every(Number.isFinite)) return gradient!;
        throw new ModelInputError('BACKBONE', 'The gradient by the feature map is not finite');
      } finally {
        dispose(outputs);
      }
    },
    dispose: () => dispose([...weights.values()]),
  };
}

/** The shape in the file. */
const shapeOf = ({ channels, height, width, channelsLast }: FeatureMap): number[] =>
  channelsLast ? [1, height, width, channels] : [1, channels, height, width];

/** Returns the embedding, and the gradient summed over the cells of each channel. */
function differentiate(
  tail: Tail,
  weights: ReadonlyMap<string, Tensor>,
  { channels, height, width, values, channelsLast, embedding }: FeatureMap,
  cotangent: Float32Array,
): [Tensor, Tensor] {
  const first = tensor(values, [1, channels, height, width]);
  const map = channelsLast ? transpose(first, [0, 2, 3, 1]) : first;
  const shape = [1, embedding.length];
  const { value, grad } = valueAndGrad((input: Tensor) => computeTail(tail, weights, input))(
    map,
    tensor(cotangent, shape),
  );
  return [value, sum(grad, channelsLast ? [0, 1, 2] : [0, 2, 3])];
}

function requireAgreement(actual: Float32Array, expected: Float32Array): void {
  requireShape('Embedding', actual, expected.length);
  let [difference, squares] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    difference += (actual[i]! - expected[i]!) ** 2;
    squares += expected[i]! ** 2;
  }
  // NaN is never smaller.
  if (difference <= agreement ** 2 * Math.max(squares, 1e-12)) return;
  throw new ModelInputError(
    'BACKBONE',
    'TensorFlow.js and ONNX Runtime compute different embeddings from its feature map',
  );
}
