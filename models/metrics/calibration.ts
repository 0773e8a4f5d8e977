import { ModelInputError, requireShape } from '../errors';
import { shareInterval, type ShareInterval } from './binomial';

/** Bins of the expected calibration error, as in Guo et al. 2017. */
export const calibrationBins = 15;

/** One bar of a reliability diagram: the rows whose confidence lies in (from, to]. */
export interface ReliabilityBin {
  /** 0 to 1. */
  from: number;
  to: number;
  count: number;
  /** Undefined in an empty bin, as are accuracy and interval. */
  meanConfidence: number | undefined;
  /** Share of the rows that were right. */
  accuracy: number | undefined;
  /** Exact 95 % interval of the accuracy. */
  interval: ShareInterval | undefined;
}

/** What was said and whether it was so, row by row. */
export interface ScoredSample {
  /** Probability given to the predicted class, 0 to 1. */
  confidence: ArrayLike<number>;
  /** Whether the predicted class was the label: 1 or 0 (or booleans). */
  right: ArrayLike<number | boolean>;
}

function requireScoredSample({ confidence, right }: ScoredSample): void {
  requireShape('Right', right, confidence.length);
  for (let row = 0; row < confidence.length; row++) {
    const value = confidence[row]!;
    // Softmax in single precision ends a rounding step above 1.
    if (!(value >= 0 && value <= 1 + 1e-5))
      throw new ModelInputError('VALUE', `Confidence: row ${row} holds ${value}, not 0 to 1`);
  }
}

interface Bin {
  count: number;
  confidence: number;
  right: number;
}

const emptyBins = (bins: number): Bin[] =>
  Array.from({ length: bins }, () => ({ count: 0, confidence: 0, right: 0 }));

function put(bin: Bin, { confidence, right }: ScoredSample, row: number): void {
  bin.count++;
  bin.confidence += confidence[row]!;
  bin.right += Number(right[row]!);
}

function equalWidth(sample: ScoredSample, bins: number): Bin[] {
  requireScoredSample(sample);
  const out = emptyBins(bins);
  for (let row = 0; row < sample.confidence.length; row++) {
    const at = Math.ceil(sample.confidence[row]! * bins) - 1;
    put(out[Math.min(bins - 1, Math.max(0, at))]!, sample, row);
  }
  return out;
}

/** As many rows in each bin, by rising confidence. */
function equalMass(sample: ScoredSample, bins: number): Bin[] {
  requireScoredSample(sample);
  const { confidence } = sample;
  const order = Array.from({ length: confidence.length }, (_, row) => row);
  order.sort((a, b) => confidence[a]! - confidence[b]!);
  const out = emptyBins(bins);
  order.forEach((row, rank) => put(out[Math.floor((rank * bins) / order.length)]!, sample, row));
  return out;
}

function meanGap(bins: readonly Bin[], rows: number): number | undefined {
  if (rows === 0) return undefined;
  return bins.reduce((sum, { confidence, right }) => sum + Math.abs(confidence - right), 0) / rows;
}

/**
 * Expected calibration error: the mean distance between confidence and accuracy over bins of equal
 * width, weighted by their rows (Guo et al. 2017, "On calibration of modern neural networks").
 *
 * @returns 0 to 1; undefined without rows
 * @throws ModelInputError `SHAPE`, or `VALUE` at a confidence outside 0 to 1
 */
export function expectedCalibrationError(
  sample: ScoredSample,
  bins = calibrationBins,
): number | undefined {
  return meanGap(equalWidth(sample, bins), sample.confidence.length);
}

/** The same over bins of as many rows each, which a crowd of high confidences cannot hide in. */
export function adaptiveCalibrationError(
  sample: ScoredSample,
  bins = calibrationBins,
): number | undefined {
  return meanGap(equalMass(sample, bins), sample.confidence.length);
}

/** The bars of a reliability diagram, bins of equal width, empty ones too. */
export function reliabilityBins(sample: ScoredSample, bins = calibrationBins): ReliabilityBin[] {
  return equalWidth(sample, bins).map(({ count, confidence, right }, at) => ({
    from: at / bins,
    to: (at + 1) / bins,
    count,
    meanConfidence: count > 0 ? confidence / count : undefined,
    accuracy: count > 0 ? right / count : undefined,
    interval: count > 0 ? shareInterval(right, count) : undefined,
  }));
}

/**
 * Brier score (1950): mean of Σₖ (pₖ - [label = k])², 0 to 2.
 *
 * @param probabilities rows × classes
 * @returns undefined without rows
 */
export function brierScore(
  probabilities: Float32Array,
  labels: Int32Array,
  classes: number,
): number | undefined {
  requireShape('Probabilities', probabilities, labels.length, classes);
  if (labels.length === 0) return undefined;
  let sum = 0;
  for (let row = 0, at = 0; row < labels.length; row++)
    for (let k = 0; k < classes; k++, at++) {
      const gap = probabilities[at]! - (labels[row] === k ? 1 : 0);
      sum += gap * gap;
    }
  return sum / labels.length;
}
