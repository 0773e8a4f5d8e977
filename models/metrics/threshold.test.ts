import { seededRandom } from '../numeric/random';
import { auditRisk } from './certificate/outlook';
import { chooseThreshold, planAtThreshold } from './threshold';

/** Draws confidences like those of a good head: most near 1, with a long tail below. */
const confidencesOf = (count: number, concentration = 6) => {
  const random = seededRandom('confidences');
  return Float32Array.from({ length: count }, () => 1 - 0.9 * random.next() ** concentration);
};
const request = { epsilon: 0.01, alpha: 0.05 };

describe('choosing a threshold', () => {
  it('accepts confident images and leaves out the others', () => {
    const confidences = confidencesOf(4000);
    const { best, curve } = chooseThreshold({ ...request, confidences })!;
    const accepted = confidences.filter((value) => value >= best.threshold);
    expect(accepted.length).toBe(best.population);
    expect(best.population).toBeGreaterThan(1000);
    expect(best.population).toBeLessThan(4000);
    expect(best.expectedSaved).toBe(Math.max(...curve.map((plan) => plan.expectedSaved)));
    expect(auditRisk(best)).toBeLessThanOrEqual(0.05 + 1e-12);
  });

  it('accepts more if the head is more confident, or if more errors are tolerated', () => {
    const population = (concentration: number, epsilon: number) =>
      chooseThreshold({ ...request, epsilon, confidences: confidencesOf(3000, concentration) })!
        .best.population;
    expect(population(12, 0.01)).toBeGreaterThan(population(6, 0.01));
    expect(population(6, 0.05)).toBeGreaterThan(population(6, 0.01));
  });

  it('expects to save less if confident predictions in the sample were incorrect', () => {
    const confidences = confidencesOf(3000, 12);
    const sample = (wrong: number) => ({
      confidence: new Float32Array(100).fill(0.999),
      correct: Array.from({ length: 100 }, (_, index) => index >= wrong),
    });
    const best = (wrong: number) =>
      chooseThreshold({ ...request, confidences, sample: sample(wrong) })!.best;
    expect(best(6).expectedSaved).toBeLessThan(best(0).expectedSaved);
  });

  it('allows for a few wrong images even with a very confident head', () => {
    const confidences = new Float32Array(84).fill(0.9999);
    const { best } = chooseThreshold({ epsilon: 0.2, alpha: 0.0375, confidences })!;
    expect(best.stages.at(-1)!.allowedWrong).toBeGreaterThan(2);
  });

  it('accepts all images with the same confidence as the last one', () => {
    const confidences = new Float32Array(2000).fill(0.999);
    const { best, curve } = chooseThreshold({ ...request, confidences })!;
    expect(curve).toHaveLength(1);
    expect(best.population).toBe(2000);
  });

  it('saves nothing with three images or one, and has no plan without images', () => {
    for (const count of [1, 3])
      expect(
        chooseThreshold({ ...request, confidences: confidencesOf(count) })!.best.expectedSaved,
      ).toBeLessThanOrEqual(0);
    expect(chooseThreshold({ ...request, confidences: new Float32Array(0) })).toBeUndefined();
  });

  it('plans for a given threshold, and has no plan above every confidence', () => {
    const confidences = Float32Array.of(0.5, 0.9, 0.9, 0.95);
    const plan = planAtThreshold({ ...request, confidences }, 0.9)!;
    expect(plan).toMatchObject({ population: 3, threshold: 0.9 });
    expect(planAtThreshold({ ...request, confidences }, 0.99)).toBeUndefined();
    expect(() => chooseThreshold({ ...request, confidences: Float32Array.of(NaN) })).toThrow(
      'row 0',
    );
  });
});
