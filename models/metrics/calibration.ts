import { ModelInputError, requireShape } from '../errors';
import { shareInterval, type ShareInterval } from './binomial';

/** Number of bins of the expected calibration error, as in Guo et al. 2017. */
export const calibrationBins = 15;

/** One bar of a reliability diagram: the rows with a confidence in (from, to]. */
export interface ReliabilityBin {
  /** 0 to 1. */
  from: number;
  to: number;
  count: number;
  /** Undefined in an empty bin, like accuracy and interval. */
  meanConfidence: number | undefined;
  /** Share of the rows with a correct prediction. */
  accuracy: number | undefined;
  /** Exact 95 % interval of the accuracy. */
  interval: ShareInterval | undefined;
}

/** Confidence and correctness of predictions, row by row. */
export interface ScoredSample {
  /** Probability of the predicted class, 0 to 1. */
  confidence: ArrayLike<number>;
  /** Whether the predicted class is the label: 1 or 0 (or booleans). */
  correct: ArrayLike<number | boolean>;
}

function requireScoredSample({ confidence, correct }: ScoredSample): void {
  requireShape('Correct', correct, confidence.length);
  for (let row = 0; row < confidence.length; row++) {
    const value = confidence[row]!;
    // Single-precision softmax can exceed 1 by a rounding error.
    if (!(value >= 0 && value <= 1 + 1e-5))
      throw new ModelInputError('VALUE', `Confidence: row ${row} holds ${value}, not 0 to 1`);
  }
}

interface Bin {
  count: number;
  confidence: number;
  correct: number;
}

const emptyBins = (bins: number): Bin[] =>
  Array.from({ length: bins }, () => ({ count: 0, confidence: 0, correct: 0 }));

function addRow(bin: Bin, { confidence, correct }: ScoredSample, row: number): void {
  bin.count++;
  bin.confidence += confidence[row]!;
  bin.correct += Number(correct[row]!);
}

function equalWidth(sample: ScoredSample, bins: number): Bin[] {
  requireScoredSample(sample);
  const filled = emptyBins(bins);
  for (let row = 0; row < sample.confidence.length; row++) {
    const index = Math.ceil(sample.confidence[row]! * bins) - 1;
    addRow(filled[Math.min(bins - 1, Math.max(0, index))]!, sample, row);
  }
  return filled;
}

/** Sorts rows by confidence into bins of equally many rows. */
function equalMass(sample: ScoredSample, bins: number): Bin[] {
  requireScoredSample(sample);
  const { confidence } = sample;
  const order = Array.from({ length: confidence.length }, (_, row) => row);
  order.sort((a, b) => confidence[a]! - confidence[b]!);
  const filled = emptyBins(bins);
  order.forEach((row, rank) =>
    addRow(filled[Math.floor((rank * bins) / order.length)]!, sample, row),
  );
  return filled;
}

function meanGap(bins: readonly Bin[], rows: number): number | undefined {
  if (rows === 0) return undefined;
  return (
    bins.reduce((sum, { confidence, correct }) => sum + Math.abs(confidence - correct), 0) / rows
  );
}

/**
 * Computes the expected calibration error: the mean distance between confidence and accuracy over
 * bins of equal width, weighted by their rows (Guo et al. 2017, "On calibration of modern neural
 * networks").
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

/**
 * Computes the calibration error over bins of equally many rows. Errors among many high confidences
 * show here, because they do not share one bin.
 */
export function adaptiveCalibrationError(
  sample: ScoredSample,
  bins = calibrationBins,
): number | undefined {
  return meanGap(equalMass(sample, bins), sample.confidence.length);
}

/** Computes the bars of a reliability diagram: bins of equal width, including empty ones. */
export function reliabilityBins(sample: ScoredSample, bins = calibrationBins): ReliabilityBin[] {
  return equalWidth(sample, bins).map(({ count, confidence, correct }, index) => ({
    from: index / bins,
    to: (index + 1) / bins,
    count,
    meanConfidence: count > 0 ? confidence / count : undefined,
    accuracy: count > 0 ? correct / count : undefined,
    interval: count > 0 ? shareInterval(correct, count) : undefined,
  }));
}

/**
 * Computes the Brier score (1950): the mean of Σₖ (pₖ - [label = k])², 0 to 2.
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
  for (let row = 0, index = 0; row < labels.length; row++)
    for (let k = 0; k < classes; k++, index++) {
      const gap = probabilities[index]! - (labels[row] === k ? 1 : 0);
      sum += gap * gap;
    }
  return sum / labels.length;
}
