import { seededRandom } from '../numeric/random';
import {
  adaptiveCalibrationError,
  brierScore,
  expectedCalibrationError,
  reliabilityBins,
} from './calibration';

/** Draws rows that are correct with probability `truth(confidence)`. */
function draw(rows: number, truth: (confidence: number) => number) {
  const random = seededRandom('reliability');
  const confidence = Float32Array.from({ length: rows }, () => 0.2 + 0.8 * random.next());
  const correct = Uint8Array.from(confidence, (value) => (random.next() < truth(value) ? 1 : 0));
  return { confidence, correct };
}

describe('expected calibration error', () => {
  it('is near 0 for calibrated confidences, and equals the bias of overconfident ones', () => {
    expect(expectedCalibrationError(draw(50_000, (c) => c))).toBeLessThan(0.01);
    expect(adaptiveCalibrationError(draw(50_000, (c) => c))).toBeLessThan(0.01);
    const sure = draw(50_000, (c) => c - 0.15);
    expect(expectedCalibrationError(sure)).toBeCloseTo(0.15, 2);
    expect(adaptiveCalibrationError(sure)).toBeCloseTo(0.15, 2);
  });

  it('weights each bin by its rows', () => {
    const sample = { confidence: [1, 1, 1, 0.5], correct: [true, true, true, false] };
    expect(expectedCalibrationError(sample)).toBeCloseTo(0.125, 6);
  });

  it('is undefined without rows, and refuses invalid confidences', () => {
    expect(expectedCalibrationError({ confidence: [], correct: [] })).toBeUndefined();
    expect(adaptiveCalibrationError({ confidence: [], correct: [] })).toBeUndefined();
    expect(() => expectedCalibrationError({ confidence: [NaN], correct: [1] })).toThrow('row 0');
    expect(() => expectedCalibrationError({ confidence: [0.4], correct: [] })).toThrow('[0]');
  });
});

describe('reliability bins', () => {
  it('put a row at an edge into the lower bin, and keep empty bins', () => {
    const bins = reliabilityBins({ confidence: [0, 0.5, 0.51, 1], correct: [0, 1, 0, 1] }, 2);
    expect(bins).toMatchObject([
      { from: 0, to: 0.5, count: 2, meanConfidence: 0.25, accuracy: 0.5 },
      { from: 0.5, to: 1, count: 2, accuracy: 0.5 },
    ]);
    expect(reliabilityBins({ confidence: [0.9], correct: [1] })[0]).toMatchObject({
      count: 0,
      accuracy: undefined,
      interval: undefined,
    });
  });

  it('have intervals that contain their accuracies', () => {
    for (const bin of reliabilityBins(draw(500, (c) => c)))
      if (bin.interval && bin.accuracy !== undefined) {
        expect(bin.interval.low).toBeLessThanOrEqual(bin.accuracy);
        expect(bin.interval.high).toBeGreaterThanOrEqual(bin.accuracy);
      }
  });
});

describe('the Brier score', () => {
  it('is 0 if certain and correct, 2 if certain and incorrect, and 1/2 for an even guess', () => {
    const labels = Int32Array.of(0);
    expect(brierScore(Float32Array.of(1, 0), labels, 2)).toBe(0);
    expect(brierScore(Float32Array.of(0, 1), labels, 2)).toBe(2);
    expect(brierScore(Float32Array.of(0.5, 0.5), labels, 2)).toBe(0.5);
    expect(brierScore(new Float32Array(0), new Int32Array(0), 2)).toBeUndefined();
  });
});
