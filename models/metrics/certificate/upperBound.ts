import { hypergeometricAtMost } from '../../numeric/probability';
import { requireAlpha, requireCounts } from '../binomial';

/**
 * Computes the exact one-sided upper bound of the number of wrong images in a finite population
 * (Buonaccorsi 1987; Wang 2015): the largest M with P(X ≤ wrong) > alpha for X hypergeometric. For
 * a large population it approaches the Clopper-Pearson bound.
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
