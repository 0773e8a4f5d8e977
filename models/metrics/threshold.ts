import { ModelInputError } from '../errors';
import type { ScoredSample } from './calibration';
import { planAudit, type AuditPlan } from './certificate/plan';

/** The audit plan for the images at or above one confidence threshold. */
export interface ThresholdPlan extends AuditPlan {
  /** The `population` images with at least this confidence are accepted. */
  threshold: number;
  /** Expected share of wrong images among the accepted ones. */
  expectedErrorRate: number;
}

export interface ThresholdInput {
  /** Calibrated confidences of the images that may be accepted, in any order. */
  confidences: Float32Array;
  /** Maximum error rate of the delivery. */
  epsilon: number;
  /** Allowed probability of an incorrect certificate. */
  alpha: number;
  /** Out-of-fold predictions for images drawn at random, if there are any. */
  sample?: ScoredSample | undefined;
}

/** Weight of the confidences as evidence, counted in wrong images seen. */
const priorErrors = 1;
/**
 * Factor on the error rate that the confidences imply. Near 1 they imply about half of the actual
 * errors, and the sample finds some of the rest (1,000 and 1,500 labels of Caltech-101, validation
 * draws).
 */
const optimism = 1.5;
/**
 * Smallest expected error rate, as a share of epsilon. Annotators make errors too, and a plan that
 * allows a few wrong images costs almost nothing if there are none.
 */
const minErrorShare = 0.1;

/** Number of points of the curve, and of extra points on each side of its best point. */
const curvePoints = 16;
const finerPoints = 4;

function sortedDescending(confidences: Float32Array): Float32Array {
  const bad = confidences.findIndex((value) => !(value >= 0 && value <= 1 + 1e-5));
  if (bad >= 0)
    throw new ModelInputError(
      'VALUE',
      `Confidence: row ${bad} holds ${confidences[bad]}, not 0 to 1`,
    );
  return confidences.slice().sort().reverse();
}

/**
 * Estimates the error rate of images at or above a threshold. The prior is a gamma distribution
 * around the rate that the confidences imply; the sample's errors are Poisson.
 */
function estimateError(
  expectedRate: number,
  threshold: number,
  { sample, epsilon }: ThresholdInput,
) {
  let [checked, wrong] = [0, 0];
  for (let row = 0; row < (sample?.confidence.length ?? 0); row++) {
    if (sample!.confidence[row]! < threshold) continue;
    checked++;
    if (!sample!.correct[row]) wrong++;
  }
  const errors = priorErrors + wrong;
  const weight = priorErrors / Math.max(minErrorShare * epsilon, optimism * expectedRate);
  return { expectedErrorRate: Math.min(1, errors / (weight + checked)), evidence: errors };
}

/**
 * Creates plans by the number of accepted images. Images tied with the last one are accepted too.
 */
function createPlanner(input: ThresholdInput) {
  const { confidences, epsilon, alpha } = input;
  const sorted = sortedDescending(confidences);
  const expectedErrors = new Float64Array(sorted.length + 1);
  sorted.forEach(
    (value, index) => (expectedErrors[index + 1] = expectedErrors[index]! + Math.max(0, 1 - value)),
  );
  const plans = new Map<number, ThresholdPlan>();
  return {
    plans,
    atCount: (count: number): ThresholdPlan => {
      const threshold = sorted[count - 1]!;
      let population = count;
      while (population < sorted.length && sorted[population] === threshold) population++;
      const cached = plans.get(population);
      if (cached) return cached;
      const error = estimateError(expectedErrors[population]! / population, threshold, input);
      const plan = planAudit({ population, epsilon, alpha, ...error });
      const thresholdPlan = { ...plan, threshold, expectedErrorRate: error.expectedErrorRate };
      plans.set(population, thresholdPlan);
      return thresholdPlan;
    },
    /** Counts the images with at least this confidence. */
    countFrom: (threshold: number): number =>
      sorted.filter((value) => value >= Math.fround(threshold)).length,
  };
}

/** Plans the audit for a given threshold; undefined if no image has that confidence. */
export function planAtThreshold(
  input: ThresholdInput,
  threshold: number,
): ThresholdPlan | undefined {
  const { atCount, countFrom } = createPlanner(input);
  const count = countFrom(threshold);
  return count > 0 ? { ...atCount(count), threshold } : undefined;
}

/**
 * Chooses the confidence threshold with the largest expected saving: accepted images times the
 * probability of a certificate, less the audits. The expectation comes from the confidences and
 * from the errors among randomly drawn labels. The certificate is valid for any threshold, because
 * its audit is drawn afterwards.
 *
 * @returns the best plan, and the curve from few accepted images to all; undefined without images
 * @throws ModelInputError `VALUE`
 */
export function chooseThreshold(
  input: ThresholdInput,
): { best: ThresholdPlan; curve: ThresholdPlan[] } | undefined {
  const count = input.confidences.length;
  if (count === 0) return undefined;
  const { atCount, plans } = createPlanner(input);
  const step = count / curvePoints;
  const better = (a: ThresholdPlan, b: ThresholdPlan) =>
    b.expectedSaved > a.expectedSaved ? b : a;
  for (let point = 1; point <= curvePoints; point++) atCount(Math.max(1, Math.round(point * step)));
  const coarseBest = [...plans.values()].reduce(better);
  for (let point = 1; point <= finerPoints; point++)
    for (const side of [-1, 1]) {
      const tried = Math.round(coarseBest.population + (side * point * step) / (finerPoints + 1));
      if (tried >= 1 && tried <= count) atCount(tried);
    }
  const curve = [...plans.values()].sort((a, b) => a.population - b.population);
  return { best: curve.reduce(better), curve };
}
