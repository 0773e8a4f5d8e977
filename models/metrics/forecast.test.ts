import { seededRandom } from '../numeric/random';
import { adviceOf } from './advice';
import { accuracyAt, type LearningCurve } from './curveFit';
import { forecastAccuracy, type Estimate, type Forecast, type Measurement } from './forecast';

const truth: LearningCurve = { ceiling: 0.95, scale: 2.2, exponent: 0.55 };

/**
 * Simulates a run every 50 labels. Each is measured on a nested random sample whose size is a share
 * of the labels.
 */
function runs(curve: LearningCurve, upTo: number, seed?: number, share = 0.2): Measurement[] {
  const random = seededRandom(seed ?? 1);
  let [correct, sample] = [0, 0];
  const measured: Measurement[] = [];
  for (let labels = 50; labels <= upTo; labels += 50) {
    const expected = accuracyAt(curve, labels);
    const size = Math.max(10, Math.round(labels * share));
    // Rows measured before are measured again, and a few change from incorrect to correct.
    for (; sample < size; sample++) correct += random.next() < expected ? 1 : 0;
    const shift = expected - accuracyAt(curve, Math.max(50, labels - 50));
    correct = Math.min(sample, correct + (seed === undefined ? 0 : shift * (sample - 10)));
    measured.push({ labels, accuracy: seed === undefined ? expected : correct / sample, sample });
  }
  return measured;
}

function expectNumbers(forecast: Forecast): void {
  const estimates: Estimate[] = [
    forecast.accuracy,
    forecast.gainPer100,
    forecast.ceiling,
    forecast.accuracyWith(1),
    forecast.accuracyWith(1e6),
  ];
  for (const { value, low, high } of estimates) {
    expect(low).toBeLessThanOrEqual(value);
    expect(value).toBeLessThanOrEqual(high);
    expect(low).toBeGreaterThanOrEqual(0);
    expect(high).toBeLessThanOrEqual(1);
  }
  for (const target of [0.01, 0.5, 0.99])
    for (const count of Object.values(forecast.needed(target)) as (number | null)[])
      if (count !== null) expect(count).toBeGreaterThanOrEqual(0);
}

test('a precisely measured curve is recovered, with the labels needed to reach a target', () => {
  const measured = runs(truth, 1_000, undefined, 100);
  const forecast = forecastAccuracy(measured)!;
  expect(forecast.accuracyWith(2_000).value).toBeCloseTo(accuracyAt(truth, 2_000), 2);
  const needed = forecast.needed(0.92);
  const exact = (truth.scale / 0.03) ** (1 / truth.exponent) - 1_000;
  expect(needed.value! / exact).toBeGreaterThan(0.8);
  expect(needed.value! / exact).toBeLessThan(1.25);
  expect(forecast.gainPer100.value).toBeCloseTo(
    accuracyAt(truth, 1_100) - accuracyAt(truth, 1_000),
    2,
  );
  expectNumbers(forecast);
});

test('the 90 % intervals cover the later accuracy in most projects', () => {
  let covered = 0;
  const projects = 40;
  for (let seed = 1; seed <= projects; seed++) {
    const random = seededRandom(seed);
    const curve = {
      ceiling: 0.8 + 0.18 * random.next(),
      scale: 1 + 2 * random.next(),
      exponent: 0.45 + 0.4 * random.next(),
    };
    const { low, high } = forecastAccuracy(runs(curve, 500, seed))!.accuracyWith(1_000);
    const later = accuracyAt(curve, 1_000);
    if (later >= low && later <= high) covered++;
  }
  expect(covered / projects).toBeGreaterThan(0.8);
});

test('the interval narrows with more measurements', () => {
  const width = (upTo: number) => {
    const { low, high } = forecastAccuracy(runs(truth, upTo))!.accuracyWith(2_000);
    return high - low;
  };
  expect(width(1_500)).toBeLessThan(0.6 * width(200));
});

test('a target above the ceiling has no number of labels, and a target below it has one', () => {
  const forecast = forecastAccuracy(runs(truth, 2_000, undefined, 100))!;
  expect(forecast.needed(0.99).value).toBeNull();
  expect(forecast.chance(0.99, 1e6)).toBeLessThan(0.05);
  expect(forecast.needed(0.93).value).toBeGreaterThan(0);
  expect(forecast.needed(0.5)).toEqual({ value: 0, low: 0, high: 0 });
});

test('fewer than three measurements, or all at one number of labels, give no forecast', () => {
  const one = { labels: 100, accuracy: 0.8, sample: 50 };
  expect(forecastAccuracy([])).toBeUndefined();
  expect(forecastAccuracy([one, { ...one, labels: 200 }])).toBeUndefined();
  expect(forecastAccuracy([one, one, one, one])).toBeUndefined();
  expect(forecastAccuracy([one, one, { ...one, labels: 101 }])).toBeDefined();
});

test('flat, falling, perfect, zero and invalid measurements give numbers, never NaN', () => {
  const measure = (accuracies: number[], sample = 30) =>
    accuracies.map((accuracy, index) => ({ labels: 1 + index * 20, accuracy, sample }));
  for (const measured of [
    measure([0.8, 0.8, 0.8, 0.8]),
    measure([0.9, 0.8, 0.7, 0.6]),
    measure([1, 1, 1]),
    measure([0, 0, 0]),
    measure([0.2, 0.9, 0.1, 1], 1),
    measure([0.5, 0.6, 0.7], 1_000_000),
    [...measure([0.5, 0.6, 0.7]), { labels: 90, accuracy: NaN, sample: 0 }],
    measure(Array.from({ length: 300 }, (_, index) => index / 300)),
  ]) {
    const forecast = forecastAccuracy(measured)!;
    expectNumbers(forecast);
    expect(forecast.gainPer100.value).toBeGreaterThanOrEqual(0);
  }
});

test('the order of the measurements does not change the forecast', () => {
  const measured = runs(truth, 600, 4);
  expect(forecastAccuracy([...measured].reverse())!.accuracyWith(900)).toEqual(
    forecastAccuracy(measured)!.accuracyWith(900),
  );
});

test('the advice covers too early, on the way, close, reached, flat and out of reach', () => {
  const forecastOf = (curve: LearningCurve, upTo: number) =>
    forecastAccuracy(runs(curve, upTo, undefined, 100));
  const adviceAt = (upTo: number, target: number, mostLabels = 1e5) =>
    adviceOf(forecastOf(truth, upTo), target, mostLabels).reason;
  expect(adviceOf(undefined, 0.9, 100)).toEqual({ kind: 'CONTINUE', reason: 'TOO_EARLY' });
  expect(adviceAt(500, 0.9)).toBe('ON_THE_WAY');
  expect(adviceAt(1_050, 0.9035)).toBe('CLOSE');
  expect(adviceAt(2_000, 0.8)).toBe('REACHED');
  expect(adviceAt(500, 0.99)).toBe('OUT_OF_REACH');
  const early = { ceiling: 0.8, scale: 5, exponent: 1.5 };
  expect(adviceOf(forecastOf(early, 2_000), 0.95, 1e5)).toEqual({ kind: 'STOP', reason: 'FLAT' });
});

test('a target that needs more images than exist is out of reach', () => {
  const forecast = forecastAccuracy(runs(truth, 600, undefined, 100));
  expect(adviceOf(forecast, 0.94, 1e7).reason).toBe('ON_THE_WAY');
  expect(adviceOf(forecast, 0.94, 700).reason).toBe('OUT_OF_REACH');
});
