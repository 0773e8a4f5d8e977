import {
  dispose,
  grad,
  slice,
  sum,
  mul,
  tensor4d,
  tidy,
  type Scalar,
  type Tensor,
} from '@tensorflow/tfjs-core';
import {
  model as layersModel,
  type LayersModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { ModelInputError, requireShape } from '../errors';
import { restBehind } from '../training/deep/cut';
import type { ClassMap } from './gradCam';

/** A net that ends in logits, and the layer whose map explains them. */
export interface ExplainedNet {
  /** Preprocessed images [N, S, S, 3] to logits [N, classes]. */
  model: LayersModel;
  /** [N, h, w, C], through which all of the logits come. */
  featureMap: SymbolicTensor;
}

/**
 * Grad-CAM (Selvaraju et al. 2017) by automatic differentiation, for any net: the channels of the
 * feature map, weighted by the gradient of the class's logit, `map[y, x] = Σ_c g_c · f[y, x, c]`.
 *
 * The paper takes the mean of the gradient over the map for g_c; here it is the sum, larger by the
 * number of cells, so that for a net that averages its map and ends in a linear head the values are
 * those of the closed form (`classMap` without normalisation: mean plus bias is the logit). They
 * are not rectified: `heatOf` does that.
 *
 * @param pixels one image, S × S × 3, preprocessed
 * @throws ModelInputError `SHAPE` for another size, `VALUE` for no such class, or for a map that
 *   not all of the logits come through
 */
export async function gradCam(
  { model, featureMap }: ExplainedNet,
  pixels: Float32Array,
  classIndex: number,
): Promise<ClassMap> {
  const [size = 0, classes = 0] = [model.inputs[0]!.shape[1], model.outputs[0]!.shape[1]].map(
    Number,
  );
  requireShape('Pixels', pixels, size, size, 3);
  if (!Number.isInteger(classIndex) || classIndex < 0 || classIndex >= classes)
    throw new ModelInputError('VALUE', `Class ${classIndex} is outside 0 to ${classes - 1}`);
  const rest = restBehind(model, featureMap);
  const head = layersModel({ inputs: rest.input, outputs: rest.output });
  const stem = layersModel({ inputs: model.inputs, outputs: featureMap });
  const logitOf = (map: Tensor): Scalar =>
    sum(slice(head.apply(map, { training: false }) as Tensor, [0, classIndex], [1, 1]));
  const explained = tidy(() => {
    const features = stem.apply(tensor4d(pixels, [1, size, size, 3])) as Tensor;
    const weights = sum(grad(logitOf)(features), [0, 1, 2]);
    return { map: sum<Tensor>(mul(features, weights), 3), logit: logitOf(features) };
  });
  const { map, logit } = explained;
  try {
    const [values, [own = NaN]] = await Promise.all([
      map.data<'float32'>(),
      logit.data<'float32'>(),
    ]);
    const [, height = 0, width = 0] = map.shape;
    return { height, width, values, logit: own };
  } finally {
    dispose([map, logit]);
  }
}
