import { seededRandom } from '../numeric/random';
import {
  adaptiveCalibrationError,
  brierScore,
  expectedCalibrationError,
  reliabilityBins,
} from './calibration';

/** Rows whose chance to be right is `truth(confidence)`. */
function draw(rows: number, truth: (confidence: number) => number) {
  const random = seededRandom('reliability');
  const confidence = Float32Array.from({ length: rows }, () => 0.2 + 0.8 * random.next());
  const right = Uint8Array.from(confidence, (value) => (random.next() < truth(value) ? 1 : 0));
  return { confidence, right };
}

describe('expected calibration error', () => {
  it('is near 0 for confidences that keep their word, and the lie for those that do not', () => {
    expect(expectedCalibrationError(draw(50_000, (c) => c))).toBeLessThan(0.01);
    expect(adaptiveCalibrationError(draw(50_000, (c) => c))).toBeLessThan(0.01);
    const sure = draw(50_000, (c) => c - 0.15);
    expect(expectedCalibrationError(sure)).toBeCloseTo(0.15, 2);
    expect(adaptiveCalibrationError(sure)).toBeCloseTo(0.15, 2);
  });

  it('weighs each bin by its rows', () => {
    const sample = { confidence: [1, 1, 1, 0.5], right: [true, true, true, false] };
    expect(expectedCalibrationError(sample)).toBeCloseTo(0.125, 6);
  });

  it('is nothing without rows, and refuses what is no confidence', () => {
    expect(expectedCalibrationError({ confidence: [], right: [] })).toBeUndefined();
    expect(adaptiveCalibrationError({ confidence: [], right: [] })).toBeUndefined();
    expect(() => expectedCalibrationError({ confidence: [NaN], right: [1] })).toThrow('row 0');
    expect(() => expectedCalibrationError({ confidence: [0.4], right: [] })).toThrow('[0]');
  });
});

describe('reliability bins', () => {
  it('put a row at the edge into the bin that ends there, and keep empty bins', () => {
    const bins = reliabilityBins({ confidence: [0, 0.5, 0.51, 1], right: [0, 1, 0, 1] }, 2);
    expect(bins).toMatchObject([
      { from: 0, to: 0.5, count: 2, meanConfidence: 0.25, accuracy: 0.5 },
      { from: 0.5, to: 1, count: 2, accuracy: 0.5 },
    ]);
    expect(reliabilityBins({ confidence: [0.9], right: [1] })[0]).toMatchObject({
      count: 0,
      accuracy: undefined,
      interval: undefined,
    });
  });

  it('give accuracies whose interval holds them', () => {
    for (const bin of reliabilityBins(draw(500, (c) => c)))
      if (bin.interval && bin.accuracy !== undefined) {
        expect(bin.interval.low).toBeLessThanOrEqual(bin.accuracy);
        expect(bin.interval.high).toBeGreaterThanOrEqual(bin.accuracy);
      }
  });
});

describe('the Brier score', () => {
  it('is 0 for certainty that is right, 2 for certainty that is wrong, 1/2 for an even guess', () => {
    const labels = Int32Array.of(0);
    expect(brierScore(Float32Array.of(1, 0), labels, 2)).toBe(0);
    expect(brierScore(Float32Array.of(0, 1), labels, 2)).toBe(2);
    expect(brierScore(Float32Array.of(0.5, 0.5), labels, 2)).toBe(0.5);
    expect(brierScore(new Float32Array(0), new Int32Array(0), 2)).toBeUndefined();
  });
});
