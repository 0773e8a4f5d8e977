import { firstStepsOf, isSetUp } from './firstSteps';

describe('first steps', () => {
  it('needs two classes, because a classifier cannot be fitted to one', () => {
    const dataset = { counts: { images: 3, labels: 1 }, classes: [1], currentRun: {} };
    expect(isSetUp(firstStepsOf(dataset))).toBe(false);
    expect(isSetUp(firstStepsOf({ ...dataset, classes: [1, 2] }))).toBe(true);
  });
});
