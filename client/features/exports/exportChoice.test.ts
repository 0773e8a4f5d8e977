import { filterOfChoice, inputOfChoice, defaultChoice } from './exportChoice';

describe('an export', () => {
  it('contains labels only by default', () => {
    expect(inputOfChoice('d', defaultChoice)).toEqual({ datasetId: 'd', include: 'LABELS' });
  });

  it('uses the minimum confidence that is counted', () => {
    const choice = { predictions: true, minPercent: 85 };
    expect(inputOfChoice('d', choice)).toMatchObject({
      include: 'LABELS_AND_PREDICTIONS',
      minConfidence: filterOfChoice(choice).minConfidence,
    });
  });
});
