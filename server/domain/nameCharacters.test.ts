// cspell:ignore Sinhala, keycap, Renée, خواهم, חתול
import { cleanName } from './names';
import { forbiddenCharacter } from './nameCharacters';

test.each([
  ['a right-to-left override', 'cat\u202Egod', 'U+202E'],
  ['an isolate', '\u2066cat\u2069', 'U+2066'],
  ['a left-to-right mark', 'cat\u200E', 'U+200E'],
  ['an Arabic letter mark', 'cat\u061C', 'U+061C'],
  ['a zero-width space', 'c\u200Bat', 'U+200B'],
  ['a word joiner', 'c\u2060at', 'U+2060'],
  ['a byte order mark', 'c\uFEFFat', 'U+FEFF'],
  ['a soft hyphen', 'c\u00ADat', 'U+00AD'],
  ['a joiner between Latin letters', 'c\u200Dat', 'U+200D'],
  ['a non-joiner at the end', 'می\u200C', 'U+200C'],
  ['a joiner after an emoji and before a letter', '👩\u200Dx', 'U+200D'],
  ['an emoji style after a letter', 'a\uFE0F', 'U+FE0F'],
  ['a Hangul filler', 'a\u3164b', 'U+3164'],
  ['a line separator', 'a\u2028b', 'U+2028'],
  ['a C1 control', 'a\u0085b', 'U+0085'],
  ['an unassigned character', 'a\u0378', 'U+0378'],
  ['a private character', 'a\uE000', 'U+E000'],
  ['half a pair', 'a\uD800', 'U+D800'],
  ['tags without a flag', 'a\u{E0067}', 'U+E0067'],
])('a name cannot contain %s', (_, name, character) => {
  expect(forbiddenCharacter(name)).toBe(character);
  expect(() => cleanName('name', `x${name}x`)).toThrow(character);
});

test.each([
  ['Persian with a non-joiner', 'می\u200Cخواهم'],
  ['Devanagari with a joiner', 'क्\u200Dष'],
  ['Sinhala with a joiner', 'ක්\u200Dෂ'],
  ['Hebrew', 'חתול'],
  ['Thai', 'แมว'],
  ['a family', '👩\u200D👩\u200D👧'],
  ['a skin tone before a joiner', '👩🏽\u200D🚀'],
  ['a heart in colour', '❤\uFE0F'],
  ['a heart on fire', '❤\uFE0F\u200D🔥'],
  ['a keycap', '1\uFE0F\u20E3'],
  ['the flag of Scotland', '🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}'],
  ['a variant of an ideograph', '葛\u{E0100}'],
  ['an Arabic number sign', '\u0600123'],
  ['accents and punctuation', 'Renée O’Neil-Smith (2)'],
])('a name may contain %s', (_, name) => {
  expect(cleanName('name', name)).toBe(name.normalize('NFC'));
});

test('a name is refused if its characters become too many when names are compared', () => {
  expect(() => cleanName('name', '\uFDFA'.repeat(100))).toThrow('characters in a name');
  expect(cleanName('name', 'ﬃ'.repeat(100))).toBe('ﬃ'.repeat(100));
});
