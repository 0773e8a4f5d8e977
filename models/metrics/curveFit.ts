/** A learning curve: the accuracy a - b·n^-c after n labels, which rises towards the ceiling a. */
export interface LearningCurve {
  /** a: the accuracy that is approached with more labels, 0 to 1. */
  ceiling: number;
  /** b, at least 0. */
  scale: number;
  /** c, above 0: how fast the accuracy rises. */
  exponent: number;
}

/** The mean of a normal prior over learning curves, in the ceiling and in ln c. */
export interface CurveBelief {
  ceiling: number;
  logExponent: number;
}

/**
 * The default prior over learning curves. Classifiers on frozen features usually reach 0.6 to 1,
 * and their error falls with a power of the labels between 1/3 and 2 (Viering & Loog 2023, "The
 * shape of learning curves", section 4).
 */
export const defaultCurvePrior = {
  mean: { ceiling: 0.92, logExponent: Math.log(0.7) } satisfies CurveBelief,
  ceilingDeviation: 0.1,
  logExponentDeviation: 0.5,
};

const exponents = Array.from({ length: 49 }, (_, step) => 0.1 * 20 ** (step / 48));

/** Computes the accuracy of a learning curve after this many labels, 0 to 1. */
export const accuracyAt = ({ ceiling, scale, exponent }: LearningCurve, labels: number): number =>
  Math.max(0, Math.min(1, ceiling - scale * Math.max(1, labels) ** -exponent));

/** Fits learning curves to repeated series of accuracies at the same numbers of labels. */
export class CurveFitter {
  /** Points × exponents: n^-c. */
  private readonly powers: readonly Float64Array[];

  /** @param labels at least 1 each */
  constructor(labels: readonly number[]) {
    this.powers = exponents.map((exponent) => Float64Array.from(labels, (n) => n ** -exponent));
  }

  /**
   * Fits the most plausible curve by weighted least squares of a - b·n^-c (the inverse power law of
   * Figueroa et al. 2012, "Predicting sample size required for classification performance"), with a
   * normal prior on the ceiling and the exponent. For each exponent of a grid the best ceiling and
   * scale have a closed form. The ceiling stays within 0 to 1 and the scale is 0 or more, so the
   * curve never falls.
   *
   * @param accuracies one per number of labels
   * @param variances of the accuracies, above 0
   * @param belief the mean of the prior
   */
  fit(
    accuracies: readonly number[],
    variances: readonly number[],
    belief: CurveBelief,
  ): LearningCurve {
    let best: LearningCurve = { ceiling: belief.ceiling, scale: 0, exponent: 1 };
    let minLoss = Infinity;
    this.powers.forEach((powers, step) => {
      const curve = {
        ...solveCurve(powers, accuracies, variances, belief),
        exponent: exponents[step]!,
      };
      const loss = curveLoss(curve, powers, accuracies, variances, belief);
      if (loss < minLoss) [minLoss, best] = [loss, curve];
    });
    return best;
  }
}

const squared = (value: number) => value * value;

function curveLoss(
  { ceiling, scale, exponent }: LearningCurve,
  powers: Float64Array,
  accuracies: readonly number[],
  variances: readonly number[],
  belief: CurveBelief,
): number {
  let loss =
    squared((ceiling - belief.ceiling) / defaultCurvePrior.ceilingDeviation) +
    squared((Math.log(exponent) - belief.logExponent) / defaultCurvePrior.logExponentDeviation);
  for (let point = 0; point < powers.length; point++)
    loss += squared(accuracies[point]! - ceiling + scale * powers[point]!) / variances[point]!;
  return loss;
}

/**
 * Solves the normal equations of ceiling and scale. A solution outside the bounds moves onto them.
 */
function solveCurve(
  powers: Float64Array,
  accuracies: readonly number[],
  variances: readonly number[],
  belief: CurveBelief,
) {
  const precision = 1 / squared(defaultCurvePrior.ceilingDeviation);
  let [weightSum, powerSum, squareSum] = [precision, 0, 0];
  let [weightedSum, weightedProduct] = [precision * belief.ceiling, 0];
  for (let point = 0; point < powers.length; point++) {
    const x = powers[point]!;
    const weight = 1 / variances[point]!;
    weightSum += weight;
    powerSum += x * weight;
    squareSum += x * x * weight;
    weightedSum += accuracies[point]! * weight;
    weightedProduct += x * accuracies[point]! * weight;
  }
  const determinant = weightSum * squareSum - powerSum * powerSum;
  const isFree = determinant > 1e-12 * weightSum * squareSum;
  const scale = isFree
    ? Math.max(0, (weightedSum * powerSum - weightedProduct * weightSum) / determinant)
    : 0;
  const ceiling = Math.max(0, Math.min(1, (weightedSum + scale * powerSum) / weightSum));
  // The scale follows a ceiling that moved onto its bound.
  return {
    ceiling,
    scale: squareSum > 0 ? Math.max(0, (ceiling * powerSum - weightedProduct) / squareSum) : scale,
  };
}
