import { adviceOf, forecastAccuracy, type Forecast } from '../../../models/metrics';
import { AccuracySource, ForecastReason, StopAdvice } from '../../../shared/enums';
import { targetAccuracyOf } from '../../domain/shares';
import type { Dataset } from '../datasets/dataset.ports';
import type { ForecastRepository, MeasuredRun } from './forecast.repository';
import type { ForecastMeasurement, ForecastPoint, ForecastType } from './forecast.type';
import { forecastSentence } from './forecastWords';

/** Minimum size of the random sample. Below it, the test labels are used. */
const minSample = 20;
const pointsOnCurve = 40;

/** Forecasts what more labels would bring, and advises when to stop. */
export class ForecastService {
  constructor(private readonly runs: ForecastRepository) {}

  /** The caller has opened the dataset for viewing. @throws InvalidInputError */
  async ofDataset(dataset: Dataset, given = dataset.targetAccuracy): Promise<ForecastType> {
    const target = targetAccuracyOf('target', given);
    const rows = await this.runs.measuredRuns(dataset);
    const images = await this.runs.countImages(dataset.id);
    const { source, measurements } = chosen(rows);
    const forecast = forecastAccuracy(measurements, dataset.id);
    const { kind, reason } = adviceOf(forecast, target, images);
    return {
      target,
      labels: measurements.at(-1)?.labels ?? 0,
      source,
      measurements,
      accuracy: forecast?.accuracy ?? null,
      gainPer100: forecast?.gainPer100 ?? null,
      ceiling: forecast?.ceiling ?? null,
      labelsNeeded: forecast?.needed(target) ?? null,
      chance: forecast?.chance(target, Math.max(images, forecast.labels)) ?? null,
      curve: forecast ? curveOf(forecast, measurements[0]?.labels ?? 1, target, images) : [],
      advice: StopAdvice[kind],
      reason: ForecastReason[reason],
      sentence: forecastSentence(ForecastReason[reason], forecast, target),
    };
  }
}

/** Chooses the random sample if it is large enough, otherwise the test labels. */
function chosen(rows: readonly MeasuredRun[]) {
  const sampled = rows.filter(({ accuracy, sample }) => accuracy !== null && sample > 0);
  const isSampled = (sampled.at(-1)?.sample ?? 0) >= minSample;
  const usable = isSampled ? sampled : rows.filter(({ testAccuracy }) => testAccuracy !== null);
  const measurements = usable.map(
    ({ round, labels, accuracy, sample, testAccuracy, testCount }): ForecastMeasurement => ({
      round,
      labels,
      accuracy: (isSampled ? accuracy : testAccuracy) ?? 0,
      sample: isSampled ? sample : testCount,
    }),
  );
  const source = isSampled ? AccuracySource.RANDOM_SAMPLE : AccuracySource.TEST_SPLIT;
  return { source, measurements };
}

/** Extends the curve to twice the labels, or to the target, but not beyond the number of images. */
function curveOf(
  forecast: Forecast,
  first: number,
  target: number,
  images: number,
): ForecastPoint[] {
  const { value } = forecast.needed(target);
  const wanted = Math.max(2 * forecast.labels, forecast.labels + (value ?? 0) * 1.2);
  const last = Math.max(forecast.labels, Math.min(wanted, images, 6 * forecast.labels));
  const points = Array.from({ length: pointsOnCurve }, (_, step) =>
    Math.round(first + ((last - first) * step) / (pointsOnCurve - 1)),
  );
  return [...new Set(points)].map((labels) => ({ labels, ...forecast.accuracyWith(labels) }));
}
