import { keysToLabel } from './annotating';

const named = (name: string, hotkey: string | null = null) => ({ id: name, name, hotkey });
const classes = [named('cat', 'c'), named('camel'), named('camera'), named('dog', '2')];

test('a hotkey or a digit is one key', () => {
  expect(keysToLabel(classes[0]!, classes, [])).toBe(1);
  expect(keysToLabel(classes[1]!, classes, ['camel'])).toBe(1);
});

test('a class outside the first predictions is searched: slash, letters, Enter', () => {
  expect(keysToLabel(classes[2]!, classes, ['cat'])).toBe(2 + 'camer'.length);
  expect(keysToLabel(classes[1]!, classes, [])).toBe(2 + 'cam'.length);
});

test("a digit that is a class's hotkey chooses that class, not the prediction", () => {
  expect(keysToLabel(classes[1]!, classes, ['dog', 'camel'])).toBe(2 + 'cam'.length);
});
