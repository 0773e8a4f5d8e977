// cspell:ignore сafе, cafè
import { LookAlikes, skeletonOf } from './lookAlikes';

const alike = (name: string, other: string) => new LookAlikes([other]).find(name);

test.each([
  ['Cyrillic letters', 'сат', 'caт'],
  ['a Cyrillic capital', 'Сat', 'Cat'],
  ['a Greek letter', 'dοg', 'dog'],
  ['a Greek capital', 'ΑΒ', 'AB'],
  ['full-width letters', 'ｃａｔ', 'cat'],
  ['a non-breaking space', 'red\u00A0cat', 'red cat'],
  ['a ligature', 'ﬁsh', 'fish'],
  ['an accent on a Cyrillic letter', 'сafе\u0301', 'café'],
])('finds a name with %s', (_, name, other) => {
  expect(alike(name, other)).toBe(other);
  expect(alike(other, name)).toBe(name);
});

test.each([
  ['digits and letters', 'O', '0'],
  ['l and 1', 'l', '1'],
  ['another accent', 'café', 'cafè'],
  ['other Cyrillic letters', 'кот', 'kom'],
  ['only another case', 'Cat', 'cat'],
  ['the same name', 'cat', 'cat'],
])('does not find %s', (_, name, other) => {
  expect(alike(name, other)).toBeUndefined();
});

test('a name that looks like one of many is found by any of them', () => {
  const names = new LookAlikes(['dog', 'Cat', 'bird']);
  expect(names.find('саt')).toBe('Cat');
  names.add('саt2');
  expect(names.find('cat2')).toBe('саt2');
  expect(skeletonOf('Сat')).toBe(skeletonOf('cat'));
});
