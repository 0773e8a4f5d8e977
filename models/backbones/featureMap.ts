import type { Tensor } from 'onnxruntime-node';
import { ModelInputError, requireShape } from '../errors';
import type { Backbone } from './backbone';

/** A backbone's last activations for one image, before they are pooled. */
export interface FeatureMap {
  channels: number;
  height: number;
  width: number;
  /** channels × height × width, row-major. */
  values: Float32Array;
  /** Whether the file's channels are last. */
  channelsLast: boolean;
  /** The embedding of the same image. */
  embedding: Float32Array;
}

/**
 * Reads the outputs `feature_map` and `embedding` for one image. A feature map is [1, C, H, W], or
 * [1, H, W, C] if only the last side equals the embedding's size.
 *
 * @throws ModelInputError `BACKBONE` for outputs of other shapes
 */
export function readFeatureMap(
  { id, embeddingSize }: Pick<Backbone, 'id' | 'embeddingSize'>,
  map: Tensor | undefined,
  embedding: Tensor | undefined,
): FeatureMap {
  const values = map?.data;
  const pooled = embedding?.data;
  if (!map || !(values instanceof Float32Array) || !(pooled instanceof Float32Array))
    throw new ModelInputError('BACKBONE', `Backbone ${id} has no float32 feature map`);
  requireShape('Embedding', pooled, embeddingSize);
  const [, first = 0, second = 0, third = 0] = map.dims;
  if (map.dims.length !== 4 || values.length !== first * second * third)
    throw new ModelInputError(
      'BACKBONE',
      `The feature map of backbone ${id} is [${map.dims.join(', ')}], not one image's [1, C, H, W]`,
    );
  if (third !== embeddingSize || first === embeddingSize)
    return {
      ...{ channels: first, height: second, width: third },
      ...{ values, channelsLast: false, embedding: pooled },
    };
  return {
    ...{ channels: third, height: first, width: second },
    ...{ values: channelsFirst(values, third), channelsLast: true, embedding: pooled },
  };
}

/** Transposes [cells, channels] to [channels, cells]. */
function channelsFirst(values: Float32Array, channels: number): Float32Array {
  const cells = values.length / channels;
  const turned = new Float32Array(values.length);
  for (let cell = 0, at = 0; cell < cells; cell++)
    for (let channel = 0; channel < channels; channel++, at++)
      turned[channel * cells + cell] = values[at]!;
  return turned;
}
