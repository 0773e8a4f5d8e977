import { nestsDeeperThan } from './nesting';

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

test.each([
  ['lists up to the limit', nested(3), false],
  ['lists beyond the limit', nested(4), true],
  ['objects beyond the limit', '{"a":{"a":{"a":{"a":1}}}}', true],
  ['many lists side by side', `[${Array(100).fill('[[]]').join()}]`, false],
  ['brackets in a text', '["[[[[[[", "\\"[[[[", "\\\\", [[]]]', false],
  ['brackets after a text that ends with a backslash', '["\\\\", [[[]]]]', true],
  ['a text that does not end', '["[[[[[[', false],
  ['a list that does not end', '[[[[', true],
  ['more ends than beginnings', ']]]][[[', false],
])('%s', (_what, json, isDeeper) => {
  expect(nestsDeeperThan(3, json)).toBe(isDeeper);
});
