import type { Affine } from './affine';
import { convolve } from './convolution';
import { multiply } from './dense';
import type { LayerCall } from './trace';
import { configOf, onlyInput, unsupported, type Translate, type Translation } from './translation';

interface NormalizationConfig {
  axis: number | readonly number[];
  epsilon: number;
  center: boolean;
  scale: boolean;
}

const foldable: Readonly<Record<string, typeof convolve>> = {
  Conv2D: convolve,
  DepthwiseConv2D: convolve,
  SeparableConv2D: convolve,
  Dense: multiply,
};

/**
 * Returns a trained batch normalization as x · scale + shift: gamma · (x - mean) / √(variance +
 * epsilon) + beta (Ioffe and Szegedy 2015, algorithm 2).
 */
function affineOf(call: LayerCall, translation: Translation): Affine {
  const config = configOf<NormalizationConfig>(call);
  const [axis] = [config.axis].flat();
  if (axis !== -1 && axis !== call.shape.length) throw unsupported(call, `over axis ${axis}`);
  const weights = [...translation.weights(call)];
  const gamma = config.scale ? weights.shift()?.data : undefined;
  const beta = config.center ? weights.shift()?.data : undefined;
  const [mean, variance] = weights;
  if (!mean || !variance) throw unsupported(call, 'without statistics');
  const scale = Float64Array.from(
    variance.data,
    (value, at) => (gamma?.[at] ?? 1) / Math.sqrt(value + config.epsilon),
  );
  const shift = scale.map((by, at) => (beta?.[at] ?? 0) - mean.data[at]! * by);
  return { scale, shift };
}

/** Adds scale and shift as separate nodes, if no earlier layer can absorb them. */
function scaleAndShift(call: LayerCall, { scale, shift }: Affine, translation: Translation) {
  const { builder } = translation;
  const { name } = call.layer;
  const shape = call.shape.length === 3 ? [scale.length, 1, 1] : [scale.length];
  const scaled = builder.node(
    'Mul',
    [
      translation.value(onlyInput(call)).name,
      builder.constant(`${name}/scale`, shape, Float32Array.from(scale)),
    ],
    `${name}/scaled`,
  );
  const by = builder.constant(`${name}/shift`, shape, Float32Array.from(shift));
  return builder.node('Add', [scaled, by], name);
}

/**
 * Translates `BatchNormalization`. It is folded into the previous layer if that has no other
 * reader.
 */
export const normalizationLayer: Translate = (call, translation) => {
  const affine = affineOf(call, translation);
  const before = onlyInput(call);
  const absorb = foldable[before.className];
  const folds =
    absorb &&
    translation.hasOneReader(before) &&
    configOf<{ activation: string }>(before).activation === 'linear';
  if (folds) return absorb(before, translation, affine);
  return scaleAndShift(call, affine, translation);
};
