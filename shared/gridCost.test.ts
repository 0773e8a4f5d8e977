import { gridCost } from './gridCost';

test('a grid without a wrong image costs one key', () => {
  expect(gridCost({ images: 24, confidence: 1 })).toBeCloseTo(1 / 24);
});

test('a grid with more confidence, or with more images, costs less per image', () => {
  expect(gridCost({ images: 24, confidence: 0.9 })).toBeLessThan(
    gridCost({ images: 24, confidence: 0.8 }),
  );
  expect(gridCost({ images: 24, confidence: 0.9 })).toBeLessThan(
    gridCost({ images: 2, confidence: 0.9 }),
  );
});

test('an empty grid is never worth it', () => {
  expect(gridCost({ images: 0, confidence: 0 })).toBe(Infinity);
  expect(gridCost({ images: 24, confidence: 0 })).toBe(Infinity);
});
