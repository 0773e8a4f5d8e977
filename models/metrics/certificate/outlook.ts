import { logHypergeometric } from '../../numeric/probability';
import type { AuditRule } from './rule';

// A local copy is faster: a plan calls it tens of thousands of times.
const { exp } = Math;

/** The possible ends of an audit, given the number of wrong images in the population. */
export interface AuditOutlook {
  /** Probability of a certificate, 0 to 1. */
  issued: number;
  /** Probability of an incorrect certificate: more wrong images are delivered than tolerated. */
  issuedWrongly: number;
  /** Mean number of audits until the decision. */
  audits: number;
}

/**
 * Updates the distribution of the number of wrong audited images after further draws.
 *
 * @param chances probability of each number of wrong images among those drawn so far
 * @param drawn images drawn so far
 * @param draws images to draw next
 * @param wrong wrong images in the population
 * @param maxWrong largest number of wrong audited images to follow
 * @returns probabilities of 0 to `maxWrong` wrong audited images
 */
export function drawAudits(
  chances: readonly number[],
  drawn: number,
  draws: number,
  wrong: number,
  population: number,
  maxWrong: number,
): number[] {
  const next = new Array<number>(maxWrong + 1).fill(0);
  const remaining = population - drawn;
  chances.forEach((chance, k) => {
    if (chance === 0) return;
    const remainingWrong = wrong - k;
    const minFound = Math.max(0, draws + remainingWrong - remaining);
    let term = chance * exp(logHypergeometric(minFound, draws, remainingWrong, remaining));
    for (let found = minFound; k + found <= maxWrong && term > 0; found++) {
      next[k + found]! += term;
      // The ratio of consecutive hypergeometric probabilities. It is 0 after the last one.
      const wrongRatio = (remainingWrong - found) / (found + 1);
      const correctRatio = (draws - found) / (remaining - remainingWrong - draws + found + 1);
      term *= wrongRatio * correctRatio;
    }
  });
  return next;
}

/**
 * Computes the exact outlook of an audit stage by stage. A wrong image that is audited is delivered
 * with the annotator's answer, so `wrong - k` wrong images are delivered if the audit finds k. An
 * audit ends early once it finds more than its last stage allows. `audits` ignores the draws that
 * this saves, so it is slightly high.
 */
export function auditOutlook(
  { population, tolerated, stages }: AuditRule,
  wrong: number,
): AuditOutlook {
  const maxWrong = stages.at(-1)?.allowedWrong ?? 0;
  const outlook: AuditOutlook = { issued: 0, issuedWrongly: 0, audits: 0 };
  let chances = [1];
  let drawn = 0;
  for (const { audits, allowedWrong } of stages) {
    const open = chances.reduce((sum, chance) => sum + chance, 0);
    outlook.audits += open * (audits - drawn);
    chances = drawAudits(chances, drawn, audits - drawn, wrong, population, maxWrong);
    drawn = audits;
    chances.forEach((chance, k) => {
      if (k > allowedWrong) return;
      outlook.issued += chance;
      if (wrong - k > tolerated) outlook.issuedWrongly += chance;
      chances[k] = 0;
    });
  }
  return outlook;
}

/**
 * Computes the exact risk of an audit: the largest probability of an incorrect certificate over all
 * numbers of wrong images. With more than `tolerated` + `allowedWrong` of the last stage, every
 * certificate is incorrect, and each further wrong image makes one less likely. So only the numbers
 * up to one more than that need to be checked.
 */
export function auditRisk(rule: AuditRule): number {
  const maxWrong = rule.stages.at(-1)?.allowedWrong ?? 0;
  const lastWrong = Math.min(rule.population, rule.tolerated + 1 + maxWrong);
  let risk = 0;
  for (let wrong = rule.tolerated + 1; wrong <= lastWrong; wrong++)
    risk = Math.max(risk, auditOutlook(rule, wrong).issuedWrongly);
  return risk;
}
