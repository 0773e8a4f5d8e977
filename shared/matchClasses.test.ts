import { matchClasses } from './matchClasses';

const names = (search: string) =>
  matchClasses(
    ['wild_cat', 'cat', 'concatenate', 'Catfish', 'dog'].map((name) => ({ name })),
    search,
  ).map(({ name }) => name);

it('sorts the exact name first, then names that begin with the letters, then words, then the rest', () => {
  expect(names('cat')).toEqual(['cat', 'Catfish', 'wild_cat', 'concatenate']);
});

it('finds nothing for letters that no name contains, and everything for an empty search', () => {
  expect(names('zz')).toEqual([]);
  expect(names(' ')).toHaveLength(5);
});
