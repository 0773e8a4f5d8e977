import { seededRandom, type Random } from '../numeric/random';
import { accuracyAt, CurveFitter, defaultCurvePrior, type LearningCurve } from './curveFit';

/** The accuracy of a run, measured out of fold on a random sample of labels. */
export interface Measurement {
  labels: number;
  /** 0 to 1. */
  accuracy: number;
  /** Number of labels in the sample. */
  sample: number;
}

/** An estimate with its 90 % interval. */
export interface Estimate {
  value: number;
  low: number;
  high: number;
}

/** Number of labels still needed; null if no number of labels reaches the target. */
export interface LabelsNeeded {
  value: number | null;
  low: number | null;
  high: number | null;
}

/** Predicts how the accuracy grows with more labels. */
export interface Forecast {
  /** Number of labels at the newest measurement. */
  labels: number;
  /** The accuracy of the fitted curve now. */
  accuracy: Estimate;
  /** The accuracy that the next 100 labels add. */
  gainPer100: Estimate;
  /** The accuracy that unlimited labels would approach, with this backbone. */
  ceiling: Estimate;
  /** Estimates the accuracy with this many labels. */
  accuracyWith(labels: number): Estimate;
  /** Estimates how many more labels reach the target accuracy. */
  needed(target: number): LabelsNeeded;
  /** Estimates the probability that this many labels reach the target accuracy, 0 to 1. */
  chance(target: number, labels: number): number;
}

const replicates = 200;
/**
 * Extra variance of each run, as a share of the sampling variance: runs differ in more than the
 * sample.
 */
const runVarianceShare = 0.15;
const minMeasurements = 3;
const maxMeasurements = 40;
/** A forecast of more labels counts as unreachable. */
const maxLabels = 1e7;

/**
 * Forecasts accuracy from the measurements so far. The interval is a parametric bootstrap: each
 * replicate simulates measurements of the fitted curve with sampling noise, draws a prior, and fits
 * a curve again. Samples of later runs contain those of earlier runs, and so does the simulated
 * noise.
 *
 * @param measurements those with less than 1 label or an empty sample are left out
 * @returns undefined with fewer than three measurements, or if all have the same number of labels
 */
export function forecastAccuracy(
  measurements: readonly Measurement[],
  seed = 'forecast',
): Forecast | undefined {
  const valid = measurements
    .filter(
      ({ labels, accuracy, sample }) => labels >= 1 && sample >= 1 && Number.isFinite(accuracy),
    )
    .sort((a, b) => a.labels - b.labels);
  if (valid.length < minMeasurements || valid[0]!.labels === valid.at(-1)!.labels) return undefined;
  const used = evenlySpaced(valid);
  const fitter = new CurveFitter(used.map(({ labels }) => labels));
  const accuracies = used.map(({ accuracy }) => accuracy);
  const fitted = fitter.fit(accuracies, used.map(varianceOf), defaultCurvePrior.mean);
  const random = seededRandom(seed);
  const curves = Array.from({ length: replicates }, () => replicate(used, fitted, fitter, random));
  return describeCurves(fitted, curves, used.at(-1)!.labels);
}

/** Picks at most `maxMeasurements` of them, evenly from the first to the last. */
function evenlySpaced(sorted: readonly Measurement[]): Measurement[] {
  const steps = Math.min(sorted.length, maxMeasurements) - 1;
  const last = sorted.length - 1;
  return Array.from({ length: steps + 1 }, (_, step) => sorted[Math.round((step * last) / steps)]!);
}

/** Computes the variance with one success and one failure added, so that it is never 0. */
function varianceOf({ accuracy, sample }: Measurement): number {
  const smoothed = (accuracy * sample + 1) / (sample + 2);
  return ((1 + runVarianceShare) * smoothed * (1 - smoothed)) / sample;
}

/** Simulates measurements of a curve and fits a curve to them. */
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
    const perLabelVariance = (variance * sample) / (1 + runVarianceShare);
    // Only the rows that the sample gained add new noise.
    errors += random.normal() * Math.sqrt(perLabelVariance * Math.max(0, sample - seen));
    seen = Math.max(seen, sample);
    return (
      expected +
      errors / seen +
      random.normal() * Math.sqrt((runVarianceShare * perLabelVariance) / sample)
    );
  });
  const { mean, ceilingDeviation, logExponentDeviation } = defaultCurvePrior;
  return fitter.fit(accuracies, variances, {
    ceiling: Math.min(1, mean.ceiling + ceilingDeviation * random.normal()),
    logExponent: mean.logExponent + logExponentDeviation * random.normal(),
  });
}

function describeCurves(
  fitted: LearningCurve,
  curves: readonly LearningCurve[],
  labels: number,
): Forecast {
  const estimate = (read: (curve: LearningCurve) => number): Estimate => {
    const value = read(fitted);
    const values = Float64Array.from(curves, read).sort();
    return {
      value,
      low: Math.min(value, quantile(values, 0.05)),
      high: Math.max(value, quantile(values, 0.95)),
    };
  };
  const accuracyWith = (count: number) => estimate((curve) => accuracyAt(curve, count));
  return {
    labels,
    accuracy: accuracyWith(labels),
    gainPer100: estimate((curve) => accuracyAt(curve, labels + 100) - accuracyAt(curve, labels)),
    ceiling: estimate(({ ceiling }) => ceiling),
    accuracyWith,
    needed: (target) => {
      const { value, low, high } = estimate((curve) =>
        Math.max(0, Math.ceil(labelsFor(curve, target)) - labels),
      );
      const finiteOrNull = (count: number) => (count <= maxLabels ? count : null);
      return { value: finiteOrNull(value), low: finiteOrNull(low), high: finiteOrNull(high) };
    },
    chance: (target, count) =>
      curves.filter((curve) => accuracyAt(curve, count) >= target).length / curves.length,
  };
}

function labelsFor({ ceiling, scale, exponent }: LearningCurve, target: number): number {
  if (ceiling <= target) return scale === 0 && ceiling === target ? 1 : Infinity;
  return (scale / (ceiling - target)) ** (1 / exponent);
}

/** Picks a quantile without interpolation, because values may be infinite. */
const quantile = (sorted: Float64Array, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
