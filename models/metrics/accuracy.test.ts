import { accuracy, confusionMatrix, perClassAccuracy } from './accuracy';

describe('metrics', () => {
  const labels = Int32Array.of(0, 0, 1, 1, 1);
  const predicted = Int32Array.of(0, 1, 1, 1, 0);

  it('counts correct rows, and is undefined without rows', () => {
    expect(accuracy(predicted, labels)).toBeCloseTo(0.6);
    expect(accuracy(new Int32Array(0), new Int32Array(0))).toBeUndefined();
  });

  it('puts labels in rows and predictions in columns', () => {
    expect(Array.from(confusionMatrix(predicted, labels, 3))).toEqual([1, 1, 0, 1, 2, 0, 0, 0, 0]);
  });

  it('gives accuracy and precision per class, undefined for a class without rows', () => {
    const [first, second, third] = perClassAccuracy(predicted, labels, 3);
    expect(first).toEqual({ classIndex: 0, rows: 2, accuracy: 0.5, precision: 0.5 });
    expect(second?.accuracy).toBeCloseTo(2 / 3);
    expect(third).toEqual({ classIndex: 2, rows: 0, accuracy: undefined, precision: undefined });
  });

  it('refuses other lengths and unknown classes', () => {
    expect(() => accuracy(new Int32Array(2), labels)).toThrow('[5] = 5 values, got [2]');
    expect(() => confusionMatrix(Int32Array.of(3), Int32Array.of(0), 3)).toThrow('class 3');
  });
});
