import { gridCost } from './gridCost';

test('a grid that is all right costs one key', () => {
  expect(gridCost({ images: 24, confidence: 1 })).toBeCloseTo(1 / 24);
});

test('a surer grid and a larger one cost less for each image', () => {
  expect(gridCost({ images: 24, confidence: 0.9 })).toBeLessThan(
    gridCost({ images: 24, confidence: 0.8 }),
  );
  expect(gridCost({ images: 24, confidence: 0.9 })).toBeLessThan(
    gridCost({ images: 2, confidence: 0.9 }),
  );
});

test('nothing to confirm is never worth it', () => {
  expect(gridCost({ images: 0, confidence: 0 })).toBe(Infinity);
  expect(gridCost({ images: 24, confidence: 0 })).toBe(Infinity);
});
