import type { OverviewRunFragment } from '../../../gql/operations';

export interface CurvePoint {
  /** Labels in the run's snapshot. */
  labels: number;
  round: number;
  /** 0 to 1; null where there were no such labels to measure on. */
  validation: number | null;
  validationCount: number;
  test: number | null;
  testCount: number;
}

/** Published runs from the first to the last: what is not measured stays a gap. */
export function curveOf(runs: readonly OverviewRunFragment[]): CurvePoint[] {
  return runs
    .flatMap(({ number, labelCount, metrics, status }) =>
      status === 'PUBLISHED' && labelCount !== null && metrics
        ? [
            {
              labels: labelCount,
              round: number,
              validation: metrics.validationAccuracy,
              validationCount: metrics.validationCount,
              test: metrics.testAccuracy,
              testCount: metrics.testCount,
            },
          ]
        : [],
    )
    .sort((a, b) => a.round - b.round);
}

export const isMeasured = (points: readonly CurvePoint[]) =>
  points.some((point) => point.validation !== null || point.test !== null);
