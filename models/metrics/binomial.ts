import { ModelInputError } from '../errors';
import { binomialAtMost } from '../numeric/probability';

const bisections = 60;

/** Throws unless k and n are whole numbers with 0 ≤ k ≤ n. */
export function requireCounts(what: string, k: number, n: number): void {
  if (Number.isInteger(k) && Number.isInteger(n) && k >= 0 && k <= n) return;
  throw new ModelInputError('VALUE', `${what}: ${k} of ${n} is not a valid count`);
}

/** Throws unless the error probability is above 0 and below 1. */
export function requireAlpha(alpha: number): void {
  if (alpha > 0 && alpha < 1) return;
  throw new ModelInputError('VALUE', `Alpha: ${alpha} is not between 0 and 1`);
}

/**
 * Computes the one-sided upper confidence bound of a share (Clopper & Pearson 1934): the p at which
 * P(X ≤ k) = alpha for X binomial(n, p). Its confidence is 1 - alpha. Without hits it is
 * 1 - alpha^(1/n), about 3/n at 5 % (the rule of three).
 *
 * @param k number of hits
 * @param n number of draws
 * @returns 0 to 1, rounded up; 1 without draws
 * @throws ModelInputError `VALUE`
 */
export function binomialUpperBound(k: number, n: number, alpha: number): number {
  requireCounts('Hits', k, n);
  requireAlpha(alpha);
  if (k === n) return 1;
  let [low, high] = [k / n, 1];
  for (let i = 0; i < bisections; i++) {
    const middle = (low + high) / 2;
    if (binomialAtMost(k, n, middle) > alpha) low = middle;
    else high = middle;
  }
  return high;
}

/** A confidence interval of a share, 0 ≤ low ≤ high ≤ 1. */
export interface ShareInterval {
  low: number;
  high: number;
}

/**
 * Computes the exact two-sided confidence interval of a share (Clopper & Pearson 1934). It covers
 * the true share with probability 1 - alpha or more.
 *
 * @param alpha probability to miss the true share, split between both ends
 */
export function shareInterval(k: number, n: number, alpha = 0.05): ShareInterval {
  return {
    low: 1 - binomialUpperBound(n - k, n, alpha / 2),
    high: binomialUpperBound(k, n, alpha / 2),
  };
}
