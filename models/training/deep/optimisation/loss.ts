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

/** What training makes small. */
export interface LossOptions {
  /** Share of a label's certainty that is spread over all classes (Szegedy et al. 2016), 0 to 1. */
  labelSmoothing?: number | undefined;
  /** Focal loss (Lin et al. 2017): images known with probability p count (1 - p) ** gamma. */
  focalGamma?: number | undefined;
}

/**
 * Mean over the images of weight · cross-entropy, in nats. As in Keras, class weights do not enter
 * the number that the sum is divided by.
 *
 * @param logits [N, classes]
 * @param labels [N], int32
 * @param classWeights [classes]; all 1 if undefined
 */
export function lossOf(
  logits: Tensor2D,
  labels: Tensor1D,
  { labelSmoothing = 0, focalGamma = 0 }: LossOptions,
  classWeights?: Tensor1D,
): Scalar {
  const classes = logits.shape[1];
  const logs = logSoftmax(logits);
  const hard = cast(oneHot(labels, classes), 'float32');
  const target = labelSmoothing > 0 ? smoothed(hard, labelSmoothing, classes) : hard;
  let losses: Tensor = neg(sum(mul(target, logs), 1));
  if (focalGamma > 0) {
    const known = exp(sum(mul(hard, logs), 1));
    losses = mul(losses, pow(sub(1, known), focalGamma));
  }
  if (classWeights) losses = mul(losses, gather(classWeights, labels));
  return mean(losses);
}

const smoothed = (hard: Tensor, share: number, classes: number): Tensor =>
  add(mul(hard, 1 - share), div(share, classes));
