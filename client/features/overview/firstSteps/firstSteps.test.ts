import { firstStepsOf, isSetUp } from './firstSteps';

describe('first steps', () => {
  it('wants two classes, because one cannot be told from another', () => {
    const known = { counts: { images: 3, labels: 1 }, classes: [1], currentRun: {} };
    expect(isSetUp(firstStepsOf(known))).toBe(false);
    expect(isSetUp(firstStepsOf({ ...known, classes: [1, 2] }))).toBe(true);
  });
});
