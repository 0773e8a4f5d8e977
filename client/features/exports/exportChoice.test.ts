import { filterOfChoice, inputOfChoice, wholeChoice } from './exportChoice';

describe('what is exported', () => {
  it('is labels only, unless predictions are asked for', () => {
    expect(inputOfChoice('d', wholeChoice)).toEqual({ datasetId: 'd', include: 'LABELS' });
  });

  it('names the same confidence that is counted', () => {
    const choice = { predictions: true, minPercent: 85 };
    expect(inputOfChoice('d', choice)).toMatchObject({
      include: 'LABELS_AND_PREDICTIONS',
      minConfidence: filterOfChoice(choice).minConfidence,
    });
  });
});
