import {
  add,
  clone,
  mul,
  neg,
  ones,
  registerGradient,
  reshape,
  rsqrt,
  sub,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core';

let registered = false;

/**
 * Replaces TensorFlow.js's gradient of `FusedBatchNorm` for statistics of one value per channel.
 * The original repeats them to the size of the batch and sums three batches, although sums over
 * channels are enough. The gradients are those of Ioffe & Szegedy 2015, with mean and variance as
 * separate inputs. Call it after the gradients are registered, which importing tfjs-layers does.
 */
export function registerBatchNormGradient(): void {
  if (registered) return;
  registered = true;
  registerGradient({
    kernelName: 'FusedBatchNorm',
    inputsToSave: ['x', 'mean', 'variance', 'scale'],
    gradFunc: (dy, saved, attributes) => {
      const [x, mean, variance, given] = saved as [Tensor, Tensor, Tensor, Tensor | undefined];
      const scale = given ?? ones(mean.shape);
      const gradient = dy as Tensor;
      if (mean.rank !== 1) throw new Error('Batch normalization needs one value per channel');
      const { varianceEpsilon } = attributes as unknown as { varianceEpsilon: number };
      const inverse = rsqrt(add(variance, varianceEpsilon));
      // Each gradient is computed in its own scope, so values that they share are computed here.
      const axes = x.shape.map((_, axis) => axis).slice(0, -1);
      const dySum = sum(gradient, axes);
      const productSum = sum(mul(gradient, sub(x, mean)), axes);
      const scaled = mul(inverse, scale);
      const cubed = mul(mul(inverse, inverse), scaled);
      return {
        x: () => reshape(mul(gradient, scaled), x.shape),
        mean: () => neg(mul(scaled, dySum)),
        variance: () => mul(mul(cubed, -0.5), productSum),
        scale: () => mul(inverse, productSum),
        offset: () => clone(dySum),
      };
    },
  });
}
