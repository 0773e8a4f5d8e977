import { seededRandom, type Random } from '../numeric/random';
import { accuracyAt, CurveFitter, defaultCurvePrior, type LearningCurve } from './curveFit';

/** A run's accuracy, measured on a random sample of labels that its judges never saw. */
export interface Measurement {
  labels: number;
  /** 0 to 1. */
  accuracy: number;
  /** Labels that it was measured on. */
  sample: number;
}

/** An estimate with its 90 % interval. */
export interface Estimate {
  value: number;
  low: number;
  high: number;
}

/** Labels still to give; null where even endless labels would not do. */
export interface LabelsNeeded {
  value: number | null;
  low: number | null;
  high: number | null;
}

export interface Forecast {
  /** The labels that the newest measurement was made with. */
  labels: number;
  /** What the curve says of the accuracy now. */
  accuracy: Estimate;
  /** Accuracy that the next 100 labels add. */
  gainPer100: Estimate;
  /** What endless labels would come to, with this way of seeing images. */
  ceiling: Estimate;
  /** Accuracy with so many labels. */
  at(labels: number): Estimate;
  needed(target: number): LabelsNeeded;
  /** How sure it is that the target is, or would be, reached with at most so many labels, 0 to 1. */
  chance(target: number, labels: number): number;
}

const replicates = 200;
/** Runs of one labelling differ by more than the sample: a part of its variance, anew in each run. */
const ownVariance = 0.15;
const minMeasurements = 3;
const maxMeasurements = 40;
/** Nobody gives more. */
const maxLabels = 1e7;

/**
 * Forecasts accuracy from what was measured so far. The interval is a parametric bootstrap: the curve that fits is
 * taken for the truth, measured anew with the noise of its samples, under beliefs drawn anew, and fitted again. The
 * samples of later runs contain those of earlier ones, and so does their noise.
 *
 * @param measurements at least 1 label and 1 in the sample each; others are left out
 * @returns undefined with fewer than three measurements, or all with as many labels
 */
export function forecastAccuracy(
  measurements: readonly Measurement[],
  seed = 'forecast',
): Forecast | undefined {
  const known = measurements
    .filter(
      ({ labels, accuracy, sample }) => labels >= 1 && sample >= 1 && Number.isFinite(accuracy),
    )
    .sort((a, b) => a.labels - b.labels);
  if (known.length < minMeasurements || known[0]!.labels === known.at(-1)!.labels) return undefined;
  const used = evenlySpaced(known);
  const fitter = new CurveFitter(used.map(({ labels }) => labels));
  const accuracies = used.map(({ accuracy }) => accuracy);
  const fitted = fitter.fit(accuracies, used.map(varianceOf), defaultCurvePrior.mean);
  const random = seededRandom(seed);
  const curves = Array.from({ length: replicates }, () => replicate(used, fitted, fitter, random));
  return describeCurves(fitted, curves, used.at(-1)!.labels);
}

/** At most so many of them, evenly from the first to the last. */
function evenlySpaced(known: readonly Measurement[]): Measurement[] {
  const steps = Math.min(known.length, maxMeasurements) - 1;
  const last = known.length - 1;
  return Array.from({ length: steps + 1 }, (_, step) => known[Math.round((step * last) / steps)]!);
}

/** With a success and a failure added: a sample without a mistake is not taken for certain. */
function varianceOf({ accuracy, sample }: Measurement): number {
  const smoothed = (accuracy * sample + 1) / (sample + 2);
  return ((1 + ownVariance) * smoothed * (1 - smoothed)) / sample;
}

function replicate(
  used: readonly Measurement[],
  truth: LearningCurve,
  fitter: CurveFitter,
  random: Random,
): LearningCurve {
  let [errors, seen] = [0, 0];
  const variances: number[] = [];
  const accuracies = used.map(({ labels, sample }) => {
    const expected = accuracyAt(truth, labels);
    const variance = varianceOf({ labels, accuracy: expected, sample });
    variances.push(variance);
    const each = (variance * sample) / (1 + ownVariance);
    // Only what the sample has grown by is new.
    errors += random.normal() * Math.sqrt(each * Math.max(0, sample - seen));
    seen = Math.max(seen, sample);
    return expected + errors / seen + random.normal() * Math.sqrt((ownVariance * each) / sample);
  });
  const {
    mean,
    ceilingDeviation: ceilingSpread,
    logExponentDeviation: logExponentSpread,
  } = defaultCurvePrior;
  return fitter.fit(accuracies, variances, {
    ceiling: Math.min(1, mean.ceiling + ceilingSpread * random.normal()),
    logExponent: mean.logExponent + logExponentSpread * random.normal(),
  });
}

function describeCurves(
  fitted: LearningCurve,
  curves: readonly LearningCurve[],
  labels: number,
): Forecast {
  const estimate = (of: (curve: LearningCurve) => number): Estimate => {
    const value = of(fitted);
    const values = Float64Array.from(curves, of).sort();
    return {
      value,
      low: Math.min(value, quantile(values, 0.05)),
      high: Math.max(value, quantile(values, 0.95)),
    };
  };
  const at = (count: number) => estimate((curve) => accuracyAt(curve, count));
  return {
    labels,
    accuracy: at(labels),
    gainPer100: estimate((curve) => accuracyAt(curve, labels + 100) - accuracyAt(curve, labels)),
    ceiling: estimate(({ ceiling }) => ceiling),
    at,
    needed: (target) => {
      const { value, low, high } = estimate((curve) =>
        Math.max(0, Math.ceil(labelsFor(curve, target)) - labels),
      );
      const told = (count: number) => (count <= maxLabels ? count : null);
      return { value: told(value), low: told(low), high: told(high) };
    },
    chance: (target, count) =>
      curves.filter((curve) => accuracyAt(curve, count) >= target).length / curves.length,
  };
}

function labelsFor({ ceiling, scale, exponent }: LearningCurve, target: number): number {
  if (ceiling <= target) return scale === 0 && ceiling === target ? 1 : Infinity;
  return (scale / (ceiling - target)) ** (1 / exponent);
}

/** Of values that may be infinite. */
const quantile = (sorted: Float64Array, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
