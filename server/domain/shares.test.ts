import { InvalidInputError } from './errors';
import { confidenceOf, shareOf, targetAccuracyOf } from './shares';

test.each([0, 0.1, 1])('keeps the share %p', (share) => {
  expect(shareOf('share', share, 'no share')).toBe(share);
});

test.each([-0.1, 1.1, Number.NaN])('refuses %p, and names the field', (share) => {
  const refused = new InvalidInputError('share', 'no share');
  expect(() => shareOf('share', share, 'no share')).toThrow(refused);
});

test.each([1e-46, Number.MIN_VALUE])('%p is too close to 0 for the database', (share) => {
  expect(confidenceOf('minConfidence', share)).toBe(0);
});

test.each([0, 1e-46, 0.999999999, 1])('%p is not a target accuracy', (accuracy) => {
  expect(() => targetAccuracyOf('target', accuracy)).toThrow(InvalidInputError);
});
