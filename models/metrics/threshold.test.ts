import { seededRandom } from '../numeric/random';
import { auditRisk } from './certificate';
import { chooseThreshold, planAtThreshold } from './threshold';

/** Confidences as a good head gives them: most near 1, a tail that reaches far down. */
const drawn = (count: number, sureness = 6) => {
  const random = seededRandom('confidences');
  return Float32Array.from({ length: count }, () => 1 - 0.9 * random.next() ** sureness);
};
const ask = { epsilon: 0.01, alpha: 0.05 };

describe('choosing a threshold', () => {
  it('accepts the sure ones and leaves the doubtful out', () => {
    const confidences = drawn(4000);
    const { best, curve } = chooseThreshold({ ...ask, confidences })!;
    const accepted = confidences.filter((value) => value >= best.threshold);
    expect(accepted.length).toBe(best.population);
    expect(best.population).toBeGreaterThan(1000);
    expect(best.population).toBeLessThan(4000);
    expect(best.expectedSaved).toBe(Math.max(...curve.map((plan) => plan.expectedSaved)));
    expect(auditRisk(best)).toBeLessThanOrEqual(0.05 + 1e-12);
  });

  it('accepts more where the head is surer, and more where more errors are tolerated', () => {
    const at = (sureness: number, epsilon: number) =>
      chooseThreshold({ ...ask, epsilon, confidences: drawn(3000, sureness) })!.best.population;
    expect(at(12, 0.01)).toBeGreaterThan(at(6, 0.01));
    expect(at(6, 0.05)).toBeGreaterThan(at(6, 0.01));
  });

  it('expects less of a head whose sure answers were found wrong', () => {
    const confidences = drawn(3000, 12);
    const sample = (wrong: number) => ({
      confidence: new Float32Array(100).fill(0.999),
      right: Array.from({ length: 100 }, (_, at) => at >= wrong),
    });
    const best = (wrong: number) =>
      chooseThreshold({ ...ask, confidences, sample: sample(wrong) })!.best;
    expect(best(6).expectedSaved).toBeLessThan(best(0).expectedSaved);
  });

  it('allows for a few wrong answers however sure the head is', () => {
    const confidences = new Float32Array(84).fill(0.9999);
    const { best } = chooseThreshold({ epsilon: 0.2, alpha: 0.0375, confidences })!;
    expect(best.stages.at(-1)!.allowedWrong).toBeGreaterThan(2);
  });

  it('takes all images that are as sure as the last one', () => {
    const confidences = new Float32Array(2000).fill(0.999);
    const { best, curve } = chooseThreshold({ ...ask, confidences })!;
    expect(curve).toHaveLength(1);
    expect(best.population).toBe(2000);
  });

  it('says of three images, of one and of none that nothing is saved', () => {
    for (const count of [1, 3])
      expect(
        chooseThreshold({ ...ask, confidences: drawn(count) })!.best.expectedSaved,
      ).toBeLessThanOrEqual(0);
    expect(chooseThreshold({ ...ask, confidences: new Float32Array(0) })).toBeUndefined();
  });

  it('plans for a threshold that somebody chose; for none above every confidence', () => {
    const confidences = Float32Array.of(0.5, 0.9, 0.9, 0.95);
    const plan = planAtThreshold({ ...ask, confidences }, 0.9)!;
    expect(plan).toMatchObject({ population: 3, threshold: 0.9 });
    expect(planAtThreshold({ ...ask, confidences }, 0.99)).toBeUndefined();
    expect(() => chooseThreshold({ ...ask, confidences: Float32Array.of(NaN) })).toThrow('row 0');
  });
});
