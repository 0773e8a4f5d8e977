import { requireAlpha } from '../binomial';

/** Share of the unspent risk that each attempt at a certificate may spend. */
export const attemptShare = 0.75;

/**
 * Computes the alpha of the next attempt: three quarters of the alpha that earlier attempts did not
 * spend. α · ¾ · Σ ¼ʲ = α, so any number of attempts together issue an incorrect certificate with a
 * probability of at most alpha (alpha spending: Lan & DeMets 1983; the union bound).
 *
 * @param spent the alphas of earlier attempts
 */
export function alphaOfAttempt(alpha: number, spent: readonly number[]): number {
  requireAlpha(alpha);
  const unspent = spent.reduce((rest, part) => rest - part, alpha);
  return Math.max(0, unspent) * attemptShare;
}
