import { tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { openTfjs } from '../../../engine/tfjs';
import { lossOf, type LossOptions } from './loss';

const logits = [
  [2, 0, -1],
  [0, 1, 0],
];
const labels = [0, 2];

beforeAll(() => openTfjs({ backend: 'wasm', threads: 1 }));

const loss = (options: LossOptions = {}, weights?: number[]) =>
  tidy(() =>
    lossOf(
      tensor2d(logits),
      tensor1d(labels, 'int32'),
      options,
      weights && tensor1d(weights),
    ).dataSync(),
  )[0]!;

/** The same by hand: a row's probabilities, and what is made of them. */
const probabilities = logits.map((row) => {
  const sum = row.reduce((all, value) => all + Math.exp(value), 0);
  return row.map((value) => Math.exp(value) / sum);
});
const known = probabilities.map((row, at) => row[labels[at]!]!);
const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;

describe('losses', () => {
  it('are the mean cross-entropy', () => {
    expect(loss()).toBeCloseTo(mean(known.map((p) => -Math.log(p))), 5);
  });

  it('smooth labels over all classes', () => {
    const smoothed = probabilities.map((row, at) => {
      const terms = row.map((p, k) => -(0.1 / 3 + (k === labels[at] ? 0.9 : 0)) * Math.log(p));
      return terms.reduce((a, b) => a + b, 0);
    });
    expect(loss({ labelSmoothing: 0.1 })).toBeCloseTo(mean(smoothed), 5);
  });

  it('count what is known less when focal', () => {
    const focal = known.map((p) => -((1 - p) ** 2) * Math.log(p));
    expect(loss({ focalGamma: 2 })).toBeCloseTo(mean(focal), 5);
    expect(loss({ focalGamma: 2 })).toBeLessThan(loss());
  });

  it('weight images by their class, divided by their number as Keras does', () => {
    const weighted = known.map((p, at) => -[3, 9, 0.5][labels[at]!]! * Math.log(p));
    expect(loss({}, [3, 9, 0.5])).toBeCloseTo(mean(weighted), 5);
  });
});
