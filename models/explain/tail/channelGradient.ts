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
import { tailOf, type Tail } from './cut';

/** What follows a backbone's feature map, ready to be differentiated; `dispose` frees its weights. */
export interface DifferentiableTail {
  /**
   * How a value that depends on the embedding changes with each channel of the feature map: the
   * gradient summed over the channel's cells.
   *
   * @param map what the backbone gave for the image
   * @param cotangent the value's gradient by the embedding
   * @returns one value per channel
   * @throws ModelInputError `SHAPE`, or `BACKBONE` where TensorFlow.js does not compute the
   *   embedding that the backbone gave, or its gradient is no number
   */
  channelGradient(map: FeatureMap, cotangent: Float32Array): Promise<Float32Array>;
  dispose(): void;
}

/** How far from the backbone's own the embedding may be, as a share of its length: 8 bits round. */
const agreement = 0.05;

/**
 * Reads the part of a backbone between `feature_map` and `embedding` into operators of
 * TensorFlow.js, whose gradients it knows. Computes on the backend that is open when it is used.
 *
 * @throws ModelInputError `BACKBONE` where the embedding does not come from the map alone, or
 *   through an operator that is not supported; it names the operator
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
      // What fails, fails here first: TensorFlow.js keeps what a gradient saved before it failed.
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
        throw new ModelInputError('BACKBONE', 'The gradient by the feature map is no number');
      } finally {
        dispose(outputs);
      }
    },
    dispose: () => dispose([...weights.values()]),
  };
}

/** As the file lays it out. */
const shapeOf = ({ channels, height, width, channelsLast }: FeatureMap): number[] =>
  channelsLast ? [1, height, width, channels] : [1, channels, height, width];

/** The embedding, and the gradient summed over the cells of each channel. */
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
  // Not-a-number is never smaller.
  if (difference <= agreement ** 2 * Math.max(squares, 1e-12)) return;
  throw new ModelInputError(
    'BACKBONE',
    'TensorFlow.js computes another embedding of its feature map than ONNX Runtime',
  );
}
