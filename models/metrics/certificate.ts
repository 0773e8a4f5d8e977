import { ModelInputError } from '../errors';
import { hypergeometricAtMost, logHypergeometric } from '../numeric/probability';
import { requireAlpha, requireCounts } from './binomial';

// Bound once: a plan evaluates it tens of thousands of times.
const { exp } = Math;

/** At so many audited images the certificate is issued if at most so many of them were wrong. */
export interface AuditStage {
  audits: number;
  allowedWrong: number;
}

/** An audit as it is written down before its first image is drawn. */
export interface AuditRule {
  /** Images that the certificate speaks about. */
  population: number;
  /** Of them at most so many may be delivered wrong. */
  tolerated: number;
  /** By rising number of audits; the next stage is reached only where this one did not issue. */
  stages: readonly AuditStage[];
}

/** Images of a population that may be wrong: the largest whole number within the share. */
export function toleratedWrong(population: number, epsilon: number): number {
  if (!(epsilon > 0 && epsilon < 1))
    throw new ModelInputError('VALUE', `Epsilon: ${epsilon} is not between 0 and 1`);
  // 0.01 · 700 is 7.000000000000001 in doubles, 0.07 · 100 the like: a count is not lost to that.
  return Math.floor(population * epsilon + 1e-9);
}

/**
 * The largest number of wrong images in a population that still explains so few in the audit: the
 * largest M with P(X ≤ wrong) > alpha for X hypergeometric. The one-sided exact bound for a finite
 * population (Buonaccorsi 1987; Wang 2015); for a large one it is Clopper and Pearson's.
 *
 * @returns wrong to population - (audits - wrong)
 * @throws ModelInputError `VALUE`
 */
export function wrongUpperBound(input: {
  population: number;
  audits: number;
  wrong: number;
  alpha: number;
}): number {
  const { population, audits, wrong, alpha } = input;
  requireCounts('Wrong', wrong, audits);
  requireCounts('Audits', audits, population);
  requireAlpha(alpha);
  let [low, high] = [wrong, population - (audits - wrong) + 1];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (hypergeometricAtMost(wrong, audits, middle, population) > alpha) low = middle;
    else high = middle;
  }
  return low;
}

/** How an audit ends if so many of the population are wrong. */
export interface AuditOutlook {
  /** Chance of a certificate, 0 to 1. */
  issued: number;
  /** Chance of a certificate that is wrong: more are delivered wrong than tolerated. */
  issuedWrongly: number;
  /** Mean number of audits until the decision. */
  audits: number;
}

/** Chances of each count of wrong audited images, at most `most`, after `more` further draws. */
function draw(
  mass: readonly number[],
  drawn: number,
  more: number,
  wrong: number,
  population: number,
  most: number,
): number[] {
  const next = new Array<number>(most + 1).fill(0);
  const left = population - drawn;
  mass.forEach((chance, k) => {
    if (chance === 0) return;
    const marked = wrong - k;
    const least = Math.max(0, more + marked - left);
    let term = chance * exp(logHypergeometric(least, more, marked, left));
    for (let found = least; k + found <= most && term > 0; found++) {
      next[k + found]! += term;
      // The next of the hypergeometric probabilities, 0 behind the last one.
      term *= ((marked - found) / (found + 1)) * ((more - found) / (left - marked - more + found + 1)); // prettier-ignore
    }
  });
  return next;
}

/**
 * Goes through the stages with the exact chances of every count. Audited images that were wrong are
 * delivered with the person's answer, so of `wrong` images with k found `wrong - k` are delivered.
 * An audit that found more than its last stage allows ends there; the draws that this saves are
 * not counted, so `audits` is a little high.
 */
export function auditOutlook(
  { population, tolerated, stages }: AuditRule,
  wrong: number,
): AuditOutlook {
  // prettier-ignore
  const most = stages.at(-1)?.allowedWrong ?? 0;
  const outlook: AuditOutlook = { issued: 0, issuedWrongly: 0, audits: 0 };
  let mass = [1];
  let drawn = 0;
  for (const { audits, allowedWrong } of stages) {
    const going = mass.reduce((sum, chance) => sum + chance, 0);
    outlook.audits += going * (audits - drawn);
    mass = draw(mass, drawn, audits - drawn, wrong, population, most);
    drawn = audits;
    mass.forEach((chance, k) => {
      if (k > allowedWrong) return;
      outlook.issued += chance;
      if (wrong - k > tolerated) outlook.issuedWrongly += chance;
      mass[k] = 0;
    });
  }
  return outlook;
}

/**
 * The largest chance, over every state the population may be in, that the audit issues a
 * certificate that is wrong. Exact. Beyond `tolerated` + 1 + the largest number allowed every
 * certificate is wrong, and more wrong images only make one rarer; so the largest stands among the
 * few states up to there.
 */
export function auditRisk(rule: AuditRule): number {
  const most = rule.stages.at(-1)?.allowedWrong ?? 0;
  const last = Math.min(rule.population, rule.tolerated + 1 + most);
  let risk = 0;
  for (let wrong = rule.tolerated + 1; wrong <= last; wrong++)
    risk = Math.max(risk, auditOutlook(rule, wrong).issuedWrongly);
  return risk;
}

/**
 * With `wrong` images wrong: the chance that these stages issue, and the chance to come past them
 * with as many found as there are stages, so that the next one issues if no more are found.
 */
function chancesAfter(stages: readonly AuditStage[], population: number, wrong: number) {
  const most = stages.length;
  let mass = [1];
  let drawn = 0;
  let issued = 0;
  for (const { audits, allowedWrong } of stages) {
    mass = draw(mass, drawn, audits - drawn, wrong, population, most);
    for (let k = 0; k <= allowedWrong; k++) issued += mass[k]!;
    mass.fill(0, 0, allowedWrong + 1);
    drawn = audits;
  }
  return { issued, next: mass[most] ?? 0 };
}

/** The smallest number of audits after `drawn` at which no further wrong one has at most this chance. */
function auditsFor(
  chance: number,
  before: number,
  drawn: number,
  unseenWrong: number,
  population: number,
): number {
  const clean = (audits: number) =>
    before * exp(logHypergeometric(0, audits - drawn, unseenWrong, population - drawn));
  let [low, high] = [drawn, population];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (clean(middle) <= chance) high = middle;
    else low = middle;
  }
  return high;
}

/** Share of what is left of alpha that each stage of a plan may spend; 1 is a plan of one stage. */
const spendings = [1, 0.7, 0.5, 0.35] as const;
const maxStages = 16;

/**
 * Stages that allow 0, 1, 2, … wrong audited images. Alpha is spent step by step: by stage j no
 * more than `alpha · (1 - (1 - spend)^(j + 1))`, and the stage has the fewest audits that keep to
 * it. Issuing there takes exactly j wrong ones found before and none after, which is wrong only if
 * more than tolerated + j images were wrong, and likeliest at one more than that: with more wrong
 * images every count is larger, so every certificate comes later or never.
 */
function buildStages(
  population: number,
  tolerated: number,
  alpha: number,
  spend: number,
): AuditStage[] {
  const stages: AuditStage[] = [];
  let unspent = alpha;
  for (let j = 0; j < (spend === 1 ? 1 : maxStages); j++) {
    const drawn = stages.at(-1)?.audits ?? 0;
    const wrong = tolerated + 1 + j;
    if (drawn >= population || wrong > population) break;
    unspent *= 1 - spend;
    const { issued, next } = chancesAfter(stages, population, wrong);
    const part = alpha - unspent - issued;
    stages.push({ audits: auditsFor(part, next, drawn, wrong - j, population), allowedWrong: j });
  }
  return stages;
}

export interface AuditPlan extends AuditRule {
  epsilon: number;
  /** The chance of a wrong certificate that the plan was built for. */
  alpha: number;
  /** Chance of a certificate at the expected error. */
  chance: number;
  /** Audits on average, certificate or not. */
  expectedAudits: number;
  /** Images delivered without anybody looking, on average: chance × population less the audits. */
  expectedSaved: number;
}

export interface PlanInput {
  population: number;
  /** Share that may be delivered wrong, above 0 and below 1. */
  epsilon: number;
  /** Chance that a certificate may be wrong, above 0 and below 1. */
  alpha: number;
  /** Share of the population that is believed to be wrong, on average. */
  expectedErrorRate: number;
  /**
   * How firmly: as if that many wrong images had shown it (the shape of a gamma distribution). By
   * default 1, with which a third of it and twice as much are both likely.
   */
  evidence?: number;
}

/** Normal quantiles of the middles of six parts of equal probability. */
const sixths = [-1.383, -0.674, -0.21, 0.21, 0.674, 1.383] as const;

/** Six equally likely values of a gamma distribution (Wilson & Hilferty 1931). */
const gammaSixths = (mean: number, shape: number): number[] =>
  sixths.map((z) => mean * Math.max(0, 1 - 1 / (9 * shape) + z / (3 * Math.sqrt(shape))) ** 3);

/** Of every plan that ends after stage 0, 1, 2, …: the chance to issue and the mean audits. */
function outlookByEnd({ population, stages }: AuditRule, wrong: number) {
  const most = stages.length - 1;
  const issued = new Float64Array(stages.length);
  const audits = new Float64Array(stages.length);
  let mass = [1];
  let drawn = 0;
  stages.forEach((stage, j) => {
    // A plan that ends after stage c has given up where more than c were wrong.
    for (let end = j, going = 0, k = 0; end <= most; end++) {
      for (; k <= end; k++) going += mass[k] ?? 0;
      audits[end]! += going * (stage.audits - drawn);
    }
    mass = draw(mass, drawn, stage.audits - drawn, wrong, population, most);
    drawn = stage.audits;
    for (let end = j; end <= most; end++) issued[end]! += mass[j]!;
    mass[j] = 0;
  });
  return { issued, audits };
}

/** The numbers of wrong images that are reckoned with, and how likely each is. */
function beliefs({ population, expectedErrorRate, evidence = 1 }: PlanInput): Map<number, number> {
  const out = new Map<number, number>();
  const weight = 1 / sixths.length;
  for (const value of gammaSixths(population * expectedErrorRate, evidence)) {
    const expected = Math.min(population, value);
    const low = Math.floor(expected);
    // Between two whole numbers of wrong images, in proportion.
    const above = expected - low;
    out.set(low, (out.get(low) ?? 0) + weight * (1 - above));
    if (above > 0) out.set(low + 1, (out.get(low + 1) ?? 0) + weight * above);
  }
  return out;
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
 * The audit that is expected to save most: images that nobody need look at, times the chance of a
 * certificate, less the audits. Chosen among plans of one to sixteen stages, all of which keep the
 * promise: whatever the model and however wrong the expected error, the chance of a certificate
 * over more than ε wrong images is at most alpha.
 *
 * @throws ModelInputError `VALUE`
 */
export function planAudit(input: PlanInput): AuditPlan {
  requirePlan(input);
  const { population, epsilon, alpha } = input;
  const tolerated = toleratedWrong(population, epsilon);
  let best: AuditPlan | undefined;
  for (const spend of spendings) {
    const stages = buildStages(population, tolerated, alpha, spend);
    const rule = { population, tolerated, stages };
    const chances = new Float64Array(stages.length);
    const audits = new Float64Array(stages.length);
    for (const [wrong, weight] of beliefs(input)) {
      const outlook = outlookByEnd(rule, wrong);
      outlook.issued.forEach((chance, end) => (chances[end]! += weight * chance));
      outlook.audits.forEach((mean, end) => (audits[end]! += weight * mean));
    }
    stages.forEach((_, end) => {
      const [chance, expectedAudits] = [chances[end]!, audits[end]!];
      const expectedSaved = chance * population - expectedAudits;
      if (best && best.expectedSaved >= expectedSaved) return;
      const own = { ...rule, stages: stages.slice(0, end + 1) };
      best = { ...own, epsilon, alpha, chance, expectedAudits, expectedSaved };
    });
  }
  return best!;
}

export type AuditVerdict = 'OPEN' | 'ISSUED' | 'REFUSED';

/** Where an audit stands. */
export interface AuditStanding {
  verdict: AuditVerdict;
  /** Answers that count: those before the first image that is still open. */
  audited: number;
  wrong: number;
  /** Audits at which it is decided next if no more are wrong; the number at the decision otherwise. */
  needed: number;
}

/**
 * Judges the answers in the order in which the images were drawn. Only those before the first open
 * one count, so that nobody's pace and no image put off can sway the verdict; an audit that is lost
 * whatever comes is refused at once.
 *
 * @param answers whether each image was wrong, in the order drawn; undefined where it is open
 */
export function evaluateAudit(
  { stages }: Pick<AuditRule, 'stages'>,
  answers: readonly (boolean | undefined)[],
): AuditStanding {
  const last = stages.at(-1) ?? { audits: 0, allowedWrong: 0 };
  let [audited, wrong, stage] = [0, 0, 0];
  for (;;) {
    while (stage < stages.length && audited >= stages[stage]!.audits) {
      if (wrong <= stages[stage]!.allowedWrong)
        return { verdict: 'ISSUED', audited, wrong, needed: audited };
      stage++;
    }
    if (stage >= stages.length || wrong > last.allowedWrong)
      return { verdict: 'REFUSED', audited, wrong, needed: audited };
    const answer = answers[audited];
    if (answer === undefined) break;
    audited++;
    if (answer) wrong++;
  }
  const next = stages.find(({ audits, allowedWrong }) => audits > audited && wrong <= allowedWrong);
  return { verdict: 'OPEN', audited, wrong, needed: (next ?? last).audits };
}

/** Share of the risk still unspent that each attempt at a certificate takes. */
export const attemptShare = 0.75;

/**
 * The part of alpha for the next attempt: three quarters of what the attempts before left over.
 * α · ¾ · Σ ¼ʲ = α, so all attempts together issue a wrong certificate with a chance of at most
 * alpha, however many there are (alpha spending: Lan & DeMets 1983; the union bound).
 *
 * @param spent parts of alpha of earlier attempts
 */
export function alphaOfAttempt(alpha: number, spent: readonly number[]): number {
  requireAlpha(alpha);
  const left = spent.reduce((rest, part) => rest - part, alpha);
  return Math.max(0, left) * attemptShare;
}
