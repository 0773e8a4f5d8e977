import { evaluateHead } from './evaluateHead';

// Two dimensions, two classes: the class is the larger of the two values.
const head = { weights: Float32Array.from([1, 0, 0, 1]), bias: Float32Array.from([0, 0]) };

test('counts what is right and takes the mean cross-entropy', () => {
  const features = Float32Array.from([5, 0, 0, 5, 5, 0]);
  const { accuracy, loss, count } = evaluateHead(head, features, Int32Array.from([0, 1, 1]), 2);
  const surprise = Math.log(1 + Math.exp(5));
  expect(count).toBe(3);
  expect(accuracy).toBeCloseTo(2 / 3);
  expect(loss).toBeCloseTo((2 * Math.log(1 + Math.exp(-5)) + surprise) / 3, 5);
});

test('a class that the head does not know is wrong, and has no loss', () => {
  const evaluation = evaluateHead(head, Float32Array.from([5, 0]), Int32Array.from([-1]), 2);
  expect(evaluation).toEqual({ accuracy: 0, loss: null, count: 1 });
});

test('nothing to measure gives no number', () => {
  const evaluation = evaluateHead(head, new Float32Array(0), new Int32Array(0), 2);
  expect(evaluation).toEqual({ accuracy: null, loss: null, count: 0 });
});
