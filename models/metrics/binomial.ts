import { ModelInputError } from '../errors';
import { binomialAtMost } from '../numeric/probability';

const bisections = 60;

/** Refuses counts that are not k of n. */
export function requireCounts(what: string, k: number, n: number): void {
  if (Number.isInteger(k) && Number.isInteger(n) && k >= 0 && k <= n) return;
  throw new ModelInputError('VALUE', `${what}: ${k} of ${n} is no count`);
}

/** Refuses an error probability outside 0 to 1, both excluded. */
export function requireAlpha(alpha: number): void {
  if (alpha > 0 && alpha < 1) return;
  throw new ModelInputError('VALUE', `Alpha: ${alpha} is not between 0 and 1`);
}

/**
 * The largest share that still explains so few hits: the p at which P(X ≤ k) = alpha for X
 * binomial(n, p). Above it with confidence 1 - alpha no true share lies (Clopper & Pearson 1934).
 * With no hits this is 1 - alpha^(1/n), about 3/n at 5 % (the rule of three).
 *
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

/** An interval of a share, 0 ≤ low ≤ high ≤ 1. */
export interface ShareInterval {
  low: number;
  high: number;
}

/**
 * The two-sided interval of a share by Clopper & Pearson (1934): exact, so it covers the truth at
 * least as often as it says.
 *
 * @param alpha chance to miss, split between both ends
 */
export function shareInterval(k: number, n: number, alpha = 0.05): ShareInterval {
  return {
    low: 1 - binomialUpperBound(n - k, n, alpha / 2),
    high: binomialUpperBound(k, n, alpha / 2),
  };
}
