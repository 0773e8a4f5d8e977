import type { OverviewRunFragment } from '../../../gql/operations';
import { curveOf, isMeasured } from './curve';

const run = (
  number: number,
  labelCount: number | null,
  validationAccuracy: number | null,
  status: OverviewRunFragment['status'] = 'PUBLISHED',
) =>
  ({
    number,
    status,
    labelCount,
    metrics: { validationAccuracy, validationCount: 7, testAccuracy: null, testCount: 0 },
  }) as OverviewRunFragment;

describe('the learning curve', () => {
  it('orders published runs by round', () => {
    const points = curveOf([run(3, 90, 0.9), run(1, 20, null), run(2, 40, 0.7)]);
    expect(points.map((point) => [point.labels, point.validation])).toEqual([
      [20, null],
      [40, 0.7],
      [90, 0.9],
    ]);
  });

  it('leaves out runs that were not published', () => {
    expect(curveOf([run(1, 20, 0.5, 'FAILED'), run(2, null, 0.5)])).toEqual([]);
  });

  it('reports whether any accuracy was measured', () => {
    expect(isMeasured(curveOf([run(1, 20, null)]))).toBe(false);
    expect(isMeasured(curveOf([run(1, 20, 0.5)]))).toBe(true);
  });
});
