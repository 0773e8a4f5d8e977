import type { OverviewRunFragment } from '../../../gql/operations';

export interface CurvePoint {
  /** Labels in the run's snapshot. */
  labels: number;
  round: number;
  /** Accuracy from 0 to 1, or null without validation labels. */
  validation: number | null;
  validationCount: number;
  test: number | null;
  testCount: number;
}

/** Returns a point for each published run, in order. A missing accuracy stays null. */
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
