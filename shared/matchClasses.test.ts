import { matchClasses } from './matchClasses';

const names = (search: string) =>
  matchClasses(
    ['wild_cat', 'cat', 'concatenate', 'Catfish', 'dog'].map((name) => ({ name })),
    search,
  ).map(({ name }) => name);

it('puts the exact name first, then beginnings, words and the rest', () => {
  expect(names('cat')).toEqual(['cat', 'Catfish', 'wild_cat', 'concatenate']);
});

it('finds nothing for letters that no name has, and everything for none', () => {
  expect(names('zz')).toEqual([]);
  expect(names(' ')).toHaveLength(5);
});
