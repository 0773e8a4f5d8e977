import { seededRandom } from '../models/numeric';
import type { Point } from './simulation';

/** Curves of one strategy, one per seed, all at the same numbers of labels. */
export type Runs = readonly (readonly Point[])[];

export interface MeanPoint {
  labels: number;
  accuracy: number;
  meanPerClass: number;
  classesSeen: number;
}

export interface Interval {
  mean: number;
  low: number;
  high: number;
}

const resamples = 1000;

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

export function meanCurve(runs: Runs): MeanPoint[] {
  return (runs[0] ?? []).map(({ labels }, at) => {
    const over = (read: (point: Point) => number) => mean(runs.map((run) => read(run[at]!)));
    return {
      labels,
      accuracy: over((point) => point.micro),
      meanPerClass: over((point) => point.perClass),
      classesSeen: over((point) => point.classesSeen),
    };
  });
}

/**
 * Returns the area under a curve by trapezoids, divided by its width: the mean accuracy along it.
 */
export function areaOf(places: readonly number[], heights: readonly number[]): number {
  const width = (places.at(-1) ?? 0) - (places[0] ?? 0);
  if (!(width > 0)) return heights[0] ?? 0;
  let area = 0;
  for (let at = 1; at < places.length; at++)
    area += ((heights[at]! + heights[at - 1]!) / 2) * (places[at]! - places[at - 1]!);
  return area / width;
}

/**
 * Returns the number of labels at which a curve first reaches a height, with linear interpolation.
 */
export function labelsTo(curve: readonly MeanPoint[], accuracy: number): number | null {
  const at = curve.findIndex((point) => point.accuracy >= accuracy);
  const after = curve[at];
  if (!after) return null;
  const before = curve[at - 1];
  if (!before) return after.labels;
  const share = (accuracy - before.accuracy) / (after.accuracy - before.accuracy);
  return Math.ceil(before.labels + share * (after.labels - before.labels));
}

/**
 * Returns a run's area for each test row: that row's accuracy along the curve. Their mean is the
 * area.
 */
function areaPerRow(run: readonly Point[]): Float64Array {
  const places = run.map(({ labels }) => labels);
  const rows = run[0]?.right.length ?? 0;
  return Float64Array.from({ length: rows }, (_, row) =>
    areaOf(
      places,
      run.map(({ right }) => right[row]!),
    ),
  );
}

/**
 * Bootstraps the difference in area between two strategies, paired by seed and by test row, both
 * resampled with replacement (Efron 1979). Returns the middle 95 %.
 */
export function areaGain(runs: Runs, others: Runs, seed = 1): Interval {
  const gains = runs.map((run, at) => {
    const [own, other] = [areaPerRow(run), areaPerRow(others[at]!)];
    return own.map((area, row) => area - other[row]!);
  });
  const random = seededRandom(`bootstrap ${seed}`);
  const drawn = Array.from({ length: resamples }, () => {
    let sum = 0;
    for (let run = 0; run < gains.length; run++) {
      const gain = gains[random.below(gains.length)]!;
      let own = 0;
      for (let row = 0; row < gain.length; row++) own += gain[random.below(gain.length)]!;
      sum += own / Math.max(1, gain.length);
    }
    return sum / gains.length;
  }).sort((a, b) => a - b);
  const place = (share: number) => drawn[Math.floor(share * (resamples - 1))] ?? 0;
  return {
    mean: mean(gains.map((gain) => mean([...gain]))),
    low: place(0.025),
    high: place(0.975),
  };
}

/** The summary of a strategy in the last line. */
export function report(runs: Runs, random: Runs | undefined, margin: Runs | undefined) {
  const curve = meanCurve(runs);
  const places = curve.map(({ labels }) => labels);
  const base = random && meanCurve(random);
  return {
    labelsTo90: labelsTo(curve, 0.9),
    labelsTo94: labelsTo(curve, 0.94),
    aulc: areaOf(
      places,
      curve.map(({ accuracy }) => accuracy),
    ),
    curve,
    aulcGainOverRandom: random ? areaGain(runs, random) : null,
    aulcGainOverMargin: margin ? areaGain(runs, margin) : null,
    worstGapToRandom: base
      ? Math.min(...curve.map(({ accuracy }, at) => accuracy - base[at]!.accuracy))
      : null,
  };
}
