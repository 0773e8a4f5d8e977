/** A learning curve: accuracy a - b·n^-c after n labels, rising from below towards its ceiling a. */
export interface LearningCurve {
  /** What more labels approach, 0 to 1. */
  ceiling: number;
  /** b, at least 0. */
  scale: number;
  /** c, above 0: how fast. */
  exponent: number;
}

/** What is believed of learning curves before any is seen: a normal in the ceiling and in ln c. */
export interface CurveBelief {
  ceiling: number;
  logExponent: number;
}

/**
 * Classifiers on frozen features end between 0.6 and 1 as a rule, and their error falls with a power of the labels
 * between a third and 2 (Viering & Loog 2023, "The shape of learning curves", section 4).
 */
export const defaultCurvePrior = {
  mean: { ceiling: 0.92, logExponent: Math.log(0.7) } satisfies CurveBelief,
  ceilingDeviation: 0.1,
  logExponentDeviation: 0.5,
};

const exponents = Array.from({ length: 49 }, (_, step) => 0.1 * 20 ** (step / 48));

export const accuracyAt = ({ ceiling, scale, exponent }: LearningCurve, labels: number): number =>
  Math.max(0, Math.min(1, ceiling - scale * Math.max(1, labels) ** -exponent));

/** Fits curves to accuracies that were measured with the same numbers of labels, again and again. */
export class CurveFitter {
  /** Points × exponents: n^-c. */
  private readonly powers: readonly Float64Array[];

  /** @param labels at least 1 each */
  constructor(labels: readonly number[]) {
    this.powers = exponents.map((exponent) => Float64Array.from(labels, (n) => n ** -exponent));
  }

  /**
   * The most plausible curve through measured accuracies: weighted least squares of a - b·n^-c (the inverse power
   * law of Figueroa et al. 2012, "Predicting sample size required for classification performance"), with the ceiling
   * and the exponent held by what is believed of them. For each exponent of a grid the best ceiling and scale are
   * closed forms; the ceiling stays within 0 to 1 and the scale at 0 or more, so that the curve never falls.
   *
   * @param variances of the accuracies, above 0
   */
  fit(
    accuracies: readonly number[],
    variances: readonly number[],
    belief: CurveBelief,
  ): LearningCurve {
    let best: LearningCurve = { ceiling: belief.ceiling, scale: 0, exponent: 1 };
    let least = Infinity;
    this.powers.forEach((powers, step) => {
      const curve = {
        ...bestOf(powers, accuracies, variances, belief),
        exponent: exponents[step]!,
      };
      const loss = lossOf(curve, powers, accuracies, variances, belief);
      if (loss < least) [least, best] = [loss, curve];
    });
    return best;
  }
}

const squared = (value: number) => value * value;

function lossOf(
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

/** The normal equations of ceiling and scale, solved where their bounds allow it and on the bound where not. */
function bestOf(
  powers: Float64Array,
  accuracies: readonly number[],
  variances: readonly number[],
  belief: CurveBelief,
) {
  const precision = 1 / squared(defaultCurvePrior.ceilingDeviation);
  let [weight, power, square] = [precision, 0, 0];
  let [level, cross] = [precision * belief.ceiling, 0];
  for (let point = 0; point < powers.length; point++) {
    const x = powers[point]!;
    const each = 1 / variances[point]!;
    weight += each;
    power += x * each;
    square += x * x * each;
    level += accuracies[point]! * each;
    cross += x * accuracies[point]! * each;
  }
  const determinant = weight * square - power * power;
  const isFree = determinant > 1e-12 * weight * square;
  const scale = isFree ? Math.max(0, (level * power - cross * weight) / determinant) : 0;
  const ceiling = Math.max(0, Math.min(1, (level + scale * power) / weight));
  // A ceiling on its bound moves the scale with it.
  return { ceiling, scale: square > 0 ? Math.max(0, (ceiling * power - cross) / square) : scale };
}
