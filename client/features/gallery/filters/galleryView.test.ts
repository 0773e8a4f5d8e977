import { filterOfView, filtersSet, paramsOfView, viewOfParams, wholeView } from './galleryView';

describe('the gallery’s address', () => {
  it('says nothing of what is not filtered', () => {
    expect(paramsOfView(wholeView)).toEqual({});
    expect(filtersSet({ ...wholeView, order: 'NAME' })).toBe(0);
    expect(Object.values(filterOfView(wholeView)).every((value) => value === undefined)).toBe(true);
  });

  it('comes back as it was written', () => {
    const view = {
      ...wholeView,
      order: 'LEAST_CONFIDENT' as const,
      labelled: 'no' as const,
      predictedClassId: 'c1',
      confidence: [20, 60] as [number, number],
      split: 'TEST' as const,
      name: 'beach',
    };
    expect(viewOfParams(new URLSearchParams(paramsOfView(view)))).toEqual(view);
    expect(filterOfView(view)).toMatchObject({
      labelled: false,
      minConfidence: 0.2,
      maxConfidence: 0.6,
      nameContains: 'beach',
    });
    expect(filtersSet(view)).toBe(5);
  });

  it('leaves out what makes no sense', () => {
    const view = viewOfParams(
      new URLSearchParams('order=BEST&labelled=maybe&confidence=90-10&split=x'),
    );
    expect(view).toEqual(wholeView);
    expect(viewOfParams(new URLSearchParams('confidence=abc-900')).confidence).toEqual([0, 100]);
  });
});
