import { maxBarLength, sortedClasses } from './classBars';

describe('class counts', () => {
  const count = (name: string, labelledCount: number, predictedCount: number) => ({
    id: name,
    name,
    color: '#000000',
    labelledCount,
    predictedCount,
  });
  const classes = [count('b', 2, 0), count('a', 5, 1), count('c', 2, 9)];

  it('sorts by label count, by name or in class order', () => {
    const names = (sort: Parameters<typeof sortedClasses>[1]) =>
      sortedClasses(classes, sort).map((each) => each.name);
    expect(names('order')).toEqual(['b', 'a', 'c']);
    expect(names('most')).toEqual(['a', 'c', 'b']);
    expect(names('fewest')).toEqual(['c', 'b', 'a']);
    expect(names('name')).toEqual(['a', 'b', 'c']);
  });

  it('scales to the longest bar, and never divides by zero', () => {
    expect(maxBarLength(classes)).toBe(11);
    expect(maxBarLength([])).toBe(1);
  });
});
