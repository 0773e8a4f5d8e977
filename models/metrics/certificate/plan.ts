import { ModelInputError } from '../../errors';
import { requireAlpha } from '../binomial';
import { drawAudits } from './outlook';
import { toleratedWrong, type AuditRule } from './rule';
import { buildStages, spendingRates } from './stages';

/** An audit rule with its expected costs and savings. */
export interface AuditPlan extends AuditRule {
  /** Maximum error rate of the delivery. */
  epsilon: number;
  /** Probability of an incorrect certificate that the plan allows. */
  alpha: number;
  /** Probability of a certificate at the expected error rate. */
  chance: number;
  /** Expected number of audits, with or without a certificate. */
  expectedAudits: number;
  /** Expected number of images delivered without review: chance × population less the audits. */
  expectedSaved: number;
}

export interface PlanInput {
  population: number;
  /** Maximum share of wrong images in the delivery, above 0 and below 1. */
  epsilon: number;
  /** Allowed probability of an incorrect certificate, above 0 and below 1. */
  alpha: number;
  /** Expected share of wrong images in the population, 0 to 1. */
  expectedErrorRate: number;
  /**
   * Weight of the evidence for that rate, counted in wrong images seen (the shape of a gamma
   * distribution). At the default of 1, a third of the rate and twice the rate are both likely.
   */
  evidence?: number;
}

/** Normal quantiles at the middles of six parts of equal probability. */
const sixths = [-1.383, -0.674, -0.21, 0.21, 0.674, 1.383] as const;

/** Computes six equally likely values of a gamma distribution (Wilson & Hilferty 1931). */
const gammaSixths = (mean: number, shape: number): number[] =>
  sixths.map((z) => mean * Math.max(0, 1 - 1 / (9 * shape) + z / (3 * Math.sqrt(shape))) ** 3);

/**
 * Computes the outlook of the plans that end after stage 0, 1, 2, …: the probability of a
 * certificate and the mean number of audits.
 */
function outlookByEnd({ population, stages }: AuditRule, wrong: number) {
  const last = stages.length - 1;
  const issued = new Float64Array(stages.length);
  const audits = new Float64Array(stages.length);
  let chances = [1];
  let drawn = 0;
  stages.forEach((stage, j) => {
    // A plan that ends after stage `end` has stopped if more than `end` images were wrong.
    for (let end = j, open = 0, k = 0; end <= last; end++) {
      for (; k <= end; k++) open += chances[k] ?? 0;
      audits[end]! += open * (stage.audits - drawn);
    }
    chances = drawAudits(chances, drawn, stage.audits - drawn, wrong, population, last);
    drawn = stage.audits;
    for (let end = j; end <= last; end++) issued[end]! += chances[j]!;
    chances[j] = 0;
  });
  return { issued, audits };
}

/** Computes the numbers of wrong images to plan for, with their probabilities. */
function wrongCountWeights({
  population,
  expectedErrorRate,
  evidence = 1,
}: PlanInput): Map<number, number> {
  const weights = new Map<number, number>();
  const weight = 1 / sixths.length;
  for (const value of gammaSixths(population * expectedErrorRate, evidence)) {
    const expected = Math.min(population, value);
    const low = Math.floor(expected);
    // The weight is divided between the two nearest whole numbers.
    const fraction = expected - low;
    weights.set(low, (weights.get(low) ?? 0) + weight * (1 - fraction));
    if (fraction > 0) weights.set(low + 1, (weights.get(low + 1) ?? 0) + weight * fraction);
  }
  return weights;
}

function requirePlan({ population, epsilon, alpha, expectedErrorRate }: PlanInput): void {
  requireAlpha(alpha);
  toleratedWrong(population, epsilon);
  if (!Number.isInteger(population) || population < 1)
    throw new ModelInputError('VALUE', `Population: ${population} images cannot be certified`);
  if (!(expectedErrorRate >= 0 && expectedErrorRate <= 1))
    throw new ModelInputError('VALUE', `Expected error rate: ${expectedErrorRate} is not 0 to 1`);
}

/**
 * Chooses the audit plan with the largest expected saving: population times the probability of a
 * certificate, less the audits. It compares plans of one to sixteen stages. Each of them limits the
 * probability of a certificate over more than ε wrong images to alpha, for any model and any error
 * in the expected error rate.
 *
 * @throws ModelInputError `VALUE`
 */
export function planAudit(input: PlanInput): AuditPlan {
  requirePlan(input);
  const { population, epsilon, alpha } = input;
  const tolerated = toleratedWrong(population, epsilon);
  let best: AuditPlan | undefined;
  for (const spendingRate of spendingRates) {
    const stages = buildStages(population, tolerated, alpha, spendingRate);
    const rule = { population, tolerated, stages };
    const chances = new Float64Array(stages.length);
    const audits = new Float64Array(stages.length);
    for (const [wrong, weight] of wrongCountWeights(input)) {
      const outlook = outlookByEnd(rule, wrong);
      outlook.issued.forEach((chance, end) => (chances[end]! += weight * chance));
      outlook.audits.forEach((mean, end) => (audits[end]! += weight * mean));
    }
    stages.forEach((_, end) => {
      const [chance, expectedAudits] = [chances[end]!, audits[end]!];
      const expectedSaved = chance * population - expectedAudits;
      if (best && best.expectedSaved >= expectedSaved) return;
      const ended = { ...rule, stages: stages.slice(0, end + 1) };
      best = { ...ended, epsilon, alpha, chance, expectedAudits, expectedSaved };
    });
  }
  return best!;
}
