import { reasonToRefuse } from './publishGuard';

const figures = (
  trainAccuracy: number,
  trainCount: number,
  validationAccuracy: number | null = null,
  validationCount = 0,
) => ({ trainAccuracy, trainCount, validationAccuracy, validationCount });

test('a model that is wrong on half of its own labels does not replace one that is right on all', () => {
  expect(reasonToRefuse(figures(0.5, 100), figures(1, 90))).toBe(
    'it is right on 50 % of the labels that it learned from, and the current model on 100 %',
  );
});

test('a model that fails on held-out images does not replace one that does not', () => {
  expect(reasonToRefuse(figures(1, 500, 0.3, 80), figures(1, 480, 0.9, 75))).toMatch(
    /30 % of the validation images/,
  );
});

test.each([
  ['that is a little worse with more labels', figures(0.93, 3_000), figures(1, 100)],
  ['that is better', figures(0.95, 100), figures(0.6, 90)],
  ['with too few labels to tell', figures(0.5, 4), figures(1, 3)],
  ['without held-out images', figures(1, 50), figures(1, 50, 0.9, 10)],
])('a model %s is published', (_, own, current) => {
  expect(reasonToRefuse(own, current)).toBeUndefined();
});
