import { logHypergeometric } from '../../numeric/probability';
import { drawAudits } from './outlook';
import type { AuditStage } from './rule';

/**
 * Computes what these stages lead to if `wrong` images are wrong.
 *
 * @returns `issued`: the probability that one of the stages issues; `next`: the probability that
 *   none issues and exactly as many wrong images were found as there are stages, so that the next
 *   stage issues if it finds no more
 */
function chancesAfter(stages: readonly AuditStage[], population: number, wrong: number) {
  const maxWrong = stages.length;
  let chances = [1];
  let drawn = 0;
  let issued = 0;
  for (const { audits, allowedWrong } of stages) {
    chances = drawAudits(chances, drawn, audits - drawn, wrong, population, maxWrong);
    for (let k = 0; k <= allowedWrong; k++) issued += chances[k]!;
    chances.fill(0, 0, allowedWrong + 1);
    drawn = audits;
  }
  return { issued, next: chances[maxWrong] ?? 0 };
}

/**
 * Finds the smallest number of audits above `drawn` at which finding no further wrong image has at
 * most the probability `maxChance`.
 */
function minAuditsFor(
  maxChance: number,
  reachedChance: number,
  drawn: number,
  unseenWrong: number,
  population: number,
): number {
  const chanceOfNoneWrong = (audits: number) =>
    reachedChance * Math.exp(logHypergeometric(0, audits - drawn, unseenWrong, population - drawn));
  let [low, high] = [drawn, population];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (chanceOfNoneWrong(middle) <= maxChance) high = middle;
    else low = middle;
  }
  return high;
}

/** Shares of the unspent alpha that each stage of a plan may spend. 1 gives a plan of one stage. */
export const spendingRates = [1, 0.7, 0.5, 0.35] as const;
const maxStages = 16;

/**
 * Builds stages that allow 0, 1, 2, … wrong audited images. Up to stage j at most
 * `alpha · (1 - (1 - spendingRate)^(j + 1))` is spent, and each stage has the fewest audits within
 * that limit. Stage j issues if exactly j wrong images were found before it and none in it. That
 * certificate is incorrect only if more than tolerated + j images are wrong, and it is most likely
 * at one more than that: with more wrong images the audit finds more, so a certificate comes later
 * or never.
 */
export function buildStages(
  population: number,
  tolerated: number,
  alpha: number,
  spendingRate: number,
): AuditStage[] {
  const stages: AuditStage[] = [];
  let unspent = alpha;
  for (let j = 0; j < (spendingRate === 1 ? 1 : maxStages); j++) {
    const drawn = stages.at(-1)?.audits ?? 0;
    const wrong = tolerated + 1 + j;
    if (drawn >= population || wrong > population) break;
    unspent *= 1 - spendingRate;
    const { issued, next } = chancesAfter(stages, population, wrong);
    const stageAlpha = alpha - unspent - issued;
    const audits = minAuditsFor(stageAlpha, next, drawn, wrong - j, population);
    stages.push({ audits, allowedWrong: j });
  }
  return stages;
}
