import { layers, type LayersModel, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { ModelInputError } from '../errors';
import { toOnnx } from '../onnx/fromLayers';
import type { Graph } from '../onnx/model';
import { describeInMetadata, type BackboneDescription } from './metadata';

/** Appends the mean over height and width, which is the embedding. */
function pooled(map: SymbolicTensor): SymbolicTensor {
  if (map.shape.length !== 4)
    throw new ModelInputError(
      'SHAPE',
      `${map.sourceLayer.name} gives [${map.shape.join(', ')}], not a feature map [N, h, w, C]`,
    );
  return layers.globalAveragePooling2d({}).apply(map) as SymbolicTensor;
}

/**
 * Writes a backbone as a graph: input `input` float32 [N, S, S, 3], preprocessed; outputs
 * `feature_map` float32 [N, C, h, w] and `embedding` [N, C], its mean over height and width; the
 * description in the metadata.
 *
 * @param featureMap the model's tensor that is the feature map; default: its first output
 * @throws ModelInputError as `toOnnx` does
 */
export function backboneGraph(
  model: LayersModel,
  description: BackboneDescription,
  featureMap: SymbolicTensor = model.outputs[0]!,
): Promise<Graph> {
  return toOnnx(model, {
    name: description.architecture ?? 'backbone',
    outputs: { feature_map: featureMap, embedding: pooled(featureMap) },
    metadata: describeInMetadata(description),
  });
}
