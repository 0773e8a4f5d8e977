import {
  filterOfView,
  countFilters,
  paramsOfView,
  viewOfParams,
  unfilteredView,
} from './galleryView';

describe('the gallery’s address', () => {
  it('leaves out filters that are not set', () => {
    expect(paramsOfView(unfilteredView)).toEqual({});
    expect(countFilters({ ...unfilteredView, order: 'NAME' })).toBe(0);
    expect(Object.values(filterOfView(unfilteredView)).every((value) => value === undefined)).toBe(
      true,
    );
  });

  it('is read back as it was written', () => {
    const view = {
      ...unfilteredView,
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
    expect(countFilters(view)).toBe(5);
  });

  it('ignores invalid values', () => {
    const view = viewOfParams(
      new URLSearchParams('order=BEST&labelled=maybe&confidence=90-10&split=x'),
    );
    expect(view).toEqual(unfilteredView);
    expect(viewOfParams(new URLSearchParams('confidence=abc-900')).confidence).toEqual([0, 100]);
  });
});
