import { Split } from '../../../../shared/enums';
import { accuracyOf } from './runAccuracy';

const fitted = { loss: 0.25, trainAccuracy: 0.9 };
const { TRAIN, VALIDATION, TEST } = Split;
const outOfFold = {
  classIds: ['cat', 'dog'],
  ordinals: Int32Array.from([0, 1, 2, 3]),
  labels: Int32Array.from([0, 1, 0, 1]),
  known: Uint8Array.from([1, 1, 1, 0]),
  sampled: new Uint8Array(4),
  logits: new Float32Array(8),
  probabilities: Float32Array.from([0.9, 0.1, 0.25, 0.75, 0.25, 0.75, 0.875, 0.125]),
  predicted: Int32Array.from([0, 1, 1, 0]),
  temperature: 1,
};

test('each split is measured on its own rows, by out-of-fold heads', () => {
  const metrics = accuracyOf(fitted, { splits: [TRAIN, TEST, TEST, TRAIN] }, outOfFold);
  expect(metrics).toMatchObject({ testAccuracy: 0.5, testCount: 2, trainAccuracy: 0.9 });
  expect(metrics.testLoss).toBeCloseTo((-Math.log(0.75) - Math.log(0.25)) / 2, 6);
  expect(metrics).toMatchObject({ trainCount: 4, validationAccuracy: null, validationCount: 0 });
});

test('a class that its head was not trained on counts as incorrect and has no loss', () => {
  const metrics = accuracyOf(fitted, { splits: [TRAIN, TRAIN, TRAIN, VALIDATION] }, outOfFold);
  expect(metrics).toMatchObject({
    validationAccuracy: 0,
    validationLoss: null,
    validationCount: 1,
  });
});

test('without out-of-fold heads there is no accuracy, and the labels are counted', () => {
  const metrics = accuracyOf(fitted, { splits: [TRAIN, TEST] }, undefined);
  expect(metrics).toMatchObject({
    testAccuracy: null,
    testLoss: null,
    testCount: 1,
    trainCount: 2,
  });
});
