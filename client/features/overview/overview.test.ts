import type { OverviewRunFragment } from '../../gql/operations';
import { longestBar, sortedClasses } from './classBars';
import { curveOf, isMeasured } from './curve';
import { firstStepsOf, isSetUp } from './firstSteps';

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
  it('runs from the first published run to the last, whatever order they come in', () => {
    const points = curveOf([run(3, 90, 0.9), run(1, 20, null), run(2, 40, 0.7)]);
    expect(points.map((point) => [point.labels, point.validation])).toEqual([
      [20, null],
      [40, 0.7],
      [90, 0.9],
    ]);
  });

  it('leaves out runs that published nothing', () => {
    expect(curveOf([run(1, 20, 0.5, 'FAILED'), run(2, null, 0.5)])).toEqual([]);
  });

  it('knows when nothing was measured at all', () => {
    expect(isMeasured(curveOf([run(1, 20, null)]))).toBe(false);
    expect(isMeasured(curveOf([run(1, 20, 0.5)]))).toBe(true);
  });
});

describe('class counts', () => {
  const count = (name: string, labelledCount: number, predictedCount: number) => ({
    id: name,
    name,
    color: '#000000',
    labelledCount,
    predictedCount,
  });
  const classes = [count('b', 2, 0), count('a', 5, 1), count('c', 2, 9)];

  it('sorts by need, by plenty, by name, or as the team ordered them', () => {
    const names = (sort: Parameters<typeof sortedClasses>[1]) =>
      sortedClasses(classes, sort).map((each) => each.name);
    expect(names('order')).toEqual(['b', 'a', 'c']);
    expect(names('most')).toEqual(['a', 'c', 'b']);
    expect(names('fewest')).toEqual(['c', 'b', 'a']);
    expect(names('name')).toEqual(['a', 'b', 'c']);
  });

  it('draws against the longest bar, and never divides by nothing', () => {
    expect(longestBar(classes)).toBe(11);
    expect(longestBar([])).toBe(1);
  });
});

describe('first steps', () => {
  it('wants two classes, because one cannot be told from another', () => {
    const known = { counts: { images: 3, labels: 1 }, classes: [1], currentRun: {} };
    expect(isSetUp(firstStepsOf(known))).toBe(false);
    expect(isSetUp(firstStepsOf({ ...known, classes: [1, 2] }))).toBe(true);
  });
});
