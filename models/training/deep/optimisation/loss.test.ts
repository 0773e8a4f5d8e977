import { tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { openTfjs } from '../../../engine/tfjs';
import { computeLoss, type LossOptions } from './loss';

const logits = [
  [2, 0, -1],
  [0, 1, 0],
];
const labels = [0, 2];

beforeAll(() => openTfjs({ backend: 'wasm', threads: 1 }));

const loss = (options: LossOptions = {}, weights?: number[]) =>
  tidy(() =>
    computeLoss(
      tensor2d(logits),
      tensor1d(labels, 'int32'),
      options,
      weights && tensor1d(weights),
    ).dataSync(),
  )[0]!;

/** Reference values, computed without TensorFlow.js. */
const probabilities = logits.map((row) => {
  const sum = row.reduce((total, value) => total + Math.exp(value), 0);
  return row.map((value) => Math.exp(value) / sum);
});
const labelProbabilities = probabilities.map((row, index) => row[labels[index]!]!);
const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;

describe('losses', () => {
  it('are the mean cross-entropy by default', () => {
    expect(loss()).toBeCloseTo(mean(labelProbabilities.map((p) => -Math.log(p))), 5);
  });

  it('can smooth labels over all classes', () => {
    const smoothed = probabilities.map((row, index) => {
      const terms = row.map((p, k) => -(0.1 / 3 + (k === labels[index] ? 0.9 : 0)) * Math.log(p));
      return terms.reduce((a, b) => a + b, 0);
    });
    expect(loss({ labelSmoothing: 0.1 })).toBeCloseTo(mean(smoothed), 5);
  });

  it('reduce the weight of confident predictions with focal loss', () => {
    const focal = labelProbabilities.map((p) => -((1 - p) ** 2) * Math.log(p));
    expect(loss({ focalGamma: 2 })).toBeCloseTo(mean(focal), 5);
    expect(loss({ focalGamma: 2 })).toBeLessThan(loss());
  });

  it('weight images by class and divide by their number, like Keras', () => {
    const weighted = labelProbabilities.map(
      (p, index) => -[3, 9, 0.5][labels[index]!]! * Math.log(p),
    );
    expect(loss({}, [3, 9, 0.5])).toBeCloseTo(mean(weighted), 5);
  });
});
