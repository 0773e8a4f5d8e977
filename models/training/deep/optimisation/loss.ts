import {
  add,
  cast,
  div,
  gather,
  logSoftmax,
  mean,
  mul,
  neg,
  oneHot,
  pow,
  sub,
  sum,
  exp,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';

/** Options of the training loss. */
export interface LossOptions {
  /** Probability mass of a label that is shared by all classes (Szegedy et al. 2016), 0 to 1. */
  labelSmoothing?: number | undefined;
  /** Focal loss (Lin et al. 2017): an image's loss is scaled by (1 - p(label)) ** gamma. */
  focalGamma?: number | undefined;
}

/**
 * Computes the mean of weight · cross-entropy over the images, in nats. Like Keras, it divides by
 * the number of images and not by the sum of class weights.
 *
 * @param logits [N, classes]
 * @param labels [N], int32
 * @param classWeights [classes]; all 1 if undefined
 */
export function computeLoss(
  logits: Tensor2D,
  labels: Tensor1D,
  { labelSmoothing = 0, focalGamma = 0 }: LossOptions,
  classWeights?: Tensor1D,
): Scalar {
  const classes = logits.shape[1];
  const logProbabilities = logSoftmax(logits);
  const oneHotLabels = cast(oneHot(labels, classes), 'float32');
  const target =
    labelSmoothing > 0 ? smoothLabels(oneHotLabels, labelSmoothing, classes) : oneHotLabels;
  let losses: Tensor = neg(sum(mul(target, logProbabilities), 1));
  if (focalGamma > 0) {
    const labelProbability = exp(sum(mul(oneHotLabels, logProbabilities), 1));
    losses = mul(losses, pow(sub(1, labelProbability), focalGamma));
  }
  if (classWeights) losses = mul(losses, gather(classWeights, labels));
  return mean(losses);
}

const smoothLabels = (oneHotLabels: Tensor, share: number, classes: number): Tensor =>
  add(mul(oneHotLabels, 1 - share), div(share, classes));
