import { seededRandom } from '../numeric/random';
import {
  fitSampleTemperature,
  fitTemperature,
  logitsOf,
  predictAt,
  temperatureBounds,
} from './temperature';

/** Draws logits, and labels from their softmax at temperature 1. */
function draw(rows: number, classes: number, seed = 'temperature') {
  const random = seededRandom(seed);
  const logits = Float32Array.from({ length: rows * classes }, () => 2 * random.normal());
  const labels = Int32Array.from({ length: rows }, (_, row) => {
    const rowLogits = logits.subarray(row * classes, (row + 1) * classes);
    const weights = Array.from(rowLogits, Math.exp);
    let remaining = random.next() * weights.reduce((sum, weight) => sum + weight, 0);
    const drawn = weights.findIndex((weight) => (remaining -= weight) < 0);
    return Math.max(0, drawn);
  });
  return { logits, labels, rows, classes };
}

const scaled = (logits: Float32Array, by: number) => logits.map((value) => value * by);

describe('temperature', () => {
  it('finds the factor by which logits were scaled, and 1 for unscaled logits', () => {
    const drawn = draw(4000, 10);
    expect(fitTemperature(drawn).temperature).toBeCloseTo(1, 1);
    for (const factor of [0.4, 2.5])
      expect(
        fitTemperature({ ...drawn, logits: scaled(drawn.logits, factor) }).temperature / factor,
      ).toBeCloseTo(1, 1);
  });

  it('lowers the loss, and no nearby temperature has a lower loss', () => {
    const drawn = draw(3000, 5);
    const logits = scaled(drawn.logits, 3);
    const fitted = fitTemperature({ ...drawn, logits });
    expect(fitted.lossAfter).toBeLessThan(fitted.lossBefore!);
    for (const nearby of [0.97, 1.03]) {
      const other = scaled(logits, 1 / (fitted.temperature * nearby));
      expect(fitTemperature({ ...drawn, logits: other }).lossBefore).toBeGreaterThan(
        fitted.lossAfter!,
      );
    }
  });

  it('is the same from probabilities as from logits', () => {
    const drawn = draw(500, 3);
    const probabilities = new Float32Array(drawn.logits.length);
    for (let row = 0; row < drawn.rows; row++) {
      const weights = Array.from(drawn.logits.subarray(row * 3, row * 3 + 3), Math.exp);
      const mass = weights.reduce((sum, weight) => sum + weight, 0);
      const normalised = weights.map((weight) => weight / mass);
      probabilities.set(normalised, row * 3);
    }
    const { temperature } = fitTemperature({ ...drawn, logits: logitsOf(probabilities) });
    expect(temperature).toBeCloseTo(fitTemperature(drawn).temperature, 4);
  });

  it('stays near 1 on few labels, whether all are correct or all incorrect', () => {
    const logits = Float32Array.from({ length: 30 }, (_, i) => (i % 3 === 0 ? 4 : 0));
    const all = (label: number, rows: number) =>
      fitTemperature({
        logits: logits.subarray(0, rows * 3),
        rows,
        classes: 3,
        labels: new Int32Array(rows).fill(label),
      }).temperature;
    for (const rows of [1, 3, 10]) {
      expect(all(0, rows)).toBeGreaterThan(0.6);
      expect(all(0, rows)).toBeLessThan(1);
      expect(all(1, rows)).toBeGreaterThan(1);
      expect(all(1, rows)).toBeLessThanOrEqual(temperatureBounds.high);
    }
    expect(all(0, 10)).toBeLessThan(all(0, 1));
  });

  it('is 1 without labels, with one class, or with unknown labels', () => {
    const none = { logits: new Float32Array(0), labels: new Int32Array(0), rows: 0 };
    expect(fitTemperature({ ...none, classes: 4 }).temperature).toBe(1);
    const one = { logits: Float32Array.of(3, 3), labels: new Int32Array(2), rows: 2 };
    expect(fitTemperature({ ...one, classes: 1 }).temperature).toBe(1);
    const unknown = { logits: Float32Array.of(3, 1), labels: Int32Array.of(-1), rows: 1 };
    expect(fitTemperature({ ...unknown, classes: 2 })).toMatchObject({ temperature: 1, rows: 0 });
  });

  it('refuses logits that are not finite, and wrong shapes', () => {
    const labels = Int32Array.of(0);
    const bad = { logits: Float32Array.of(NaN, 0), labels, rows: 1, classes: 2 };
    expect(() => fitTemperature(bad)).toThrow('row 0 is not finite');
    expect(() => fitTemperature({ ...bad, rows: 2 })).toThrow('[2 × 2]');
  });

  it('changes the confidence but not the predicted class', () => {
    const { logits, rows, classes } = draw(200, 6);
    const [cold, hot] = [
      predictAt(logits, rows, classes, 0.5),
      predictAt(logits, rows, classes, 2),
    ];
    expect(cold.classIndex).toEqual(hot.classIndex);
    expect(cold.confidence.every((value, row) => value > hot.confidence[row]!)).toBe(true);
  });
});

describe('the temperature of a random sample', () => {
  it('starts at the temperature of all labels, and follows the sample as it grows', () => {
    const cold = draw(3000, 5, 'cold');
    const logits = scaled(cold.logits, 2);
    // The first half was drawn at random. In the second half the logits are three times as large.
    logits.set(scaled(cold.logits, 6).subarray(logits.length / 2), logits.length / 2);
    const temperatureWith = (count: number) =>
      fitSampleTemperature(
        { ...cold, logits },
        Uint8Array.from({ length: 3000 }, (_, row) => (row < count ? 1 : 0)),
      ).temperature;
    const all = fitTemperature({ ...cold, logits }).temperature;
    expect(temperatureWith(0)).toBeCloseTo(all, 6);
    expect(temperatureWith(20)).toBeLessThan(all);
    expect(temperatureWith(200)).toBeLessThan(temperatureWith(20));
    expect(temperatureWith(1500)).toBeCloseTo(2, 0);
  });

  it('refuses a sample mask of another length', () => {
    expect(() => fitSampleTemperature(draw(10, 2), new Uint8Array(9))).toThrow('[10]');
  });
});
