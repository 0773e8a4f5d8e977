import { countPlateaus, learningRateAt, type Schedule } from './schedule';

const rateOf = (schedule: Schedule, position: number, losses: number[] = [], warmUpEpochs = 0) =>
  learningRateAt({ learningRate: 0.1, schedule, warmUpEpochs, epochs: 10 }, position, losses);

describe('learning rates', () => {
  it('can be constant', () => {
    expect([0, 5, 10].map((position) => rateOf({ kind: 'constant' }, position))).toEqual([
      0.1, 0.1, 0.1,
    ]);
  });

  it('can fall in steps, exponentially or along a cosine', () => {
    const step: Schedule = { kind: 'step', everyEpochs: 3, factor: 0.5 };
    expect([2.9, 3, 6.5].map((position) => rateOf(step, position))).toEqual([0.1, 0.05, 0.025]);
    expect(rateOf({ kind: 'exponential', factor: 0.9 }, 2)).toBeCloseTo(0.081, 9);
    const cosine: Schedule = { kind: 'cosine', final: 0.1 };
    expect([0, 5, 10].map((position) => rateOf(cosine, position).toFixed(4))).toEqual([
      '0.1000',
      '0.0550',
      '0.0100',
    ]);
    expect(rateOf({ kind: 'cosine' }, 10)).toBeCloseTo(0, 9);
  });

  it('rise from zero during warm-up, and are not reduced afterwards', () => {
    const rates = [0.5, 1, 2, 3].map((position) => rateOf({ kind: 'constant' }, position, [], 2));
    expect(rates.map((rate) => Number(rate.toFixed(6)))).toEqual([0.025, 0.05, 0.1, 0.1]);
  });

  it('fall on a plateau whenever the patience runs out', () => {
    const plateau: Schedule = { kind: 'plateau', factor: 0.1, patience: 2 };
    expect(rateOf(plateau, 3, [3, 2, 1])).toBeCloseTo(0.1, 9);
    expect(rateOf(plateau, 4, [3, 1, 2])).toBeCloseTo(0.1, 9);
    expect(rateOf(plateau, 4, [1, 2, 2])).toBeCloseTo(0.01, 9);
    expect(countPlateaus([1, 2, 2, 2, 2], 2)).toBe(2);
    expect(countPlateaus([], 2)).toBe(0);
  });
});
