// Bound once: sums over tails call them tens of thousands of times.
const { abs, exp, log, log1p, max, min } = Math;

/** ln √(2π). */
const halfLogTwoPi = 0.9189385332046727;

/** ln(n!) - ln(√(2πn) (n/e)ⁿ) for n = 0 to 15; Stirling's series is exact to rounding above. */
const stirlingTable = Float64Array.from({ length: 16 }, (_, n) => {
  let logFactorial = 0;
  for (let i = 2; i <= n; i++) logFactorial += log(i);
  return n === 0 ? 0 : logFactorial - (n + 0.5) * log(n) + n - halfLogTwoPi;
});

/** The error of Stirling's formula for ln(n!). */
function stirlingError(n: number): number {
  if (n < stirlingTable.length) return stirlingTable[n]!;
  const square = n * n;
  const tail = 1 / 1260 - (1 / 1680 - 1 / 1188 / square) / square;
  return (1 / 12 - (1 / 360 - tail / square) / square) / n;
}

/** x ln(x / mean) + mean - x, without cancellation where both are close. */
function deviance(x: number, mean: number): number {
  if (abs(x - mean) >= 0.1 * (x + mean)) return x * log(x / mean) + mean - x;
  const ratio = (x - mean) / (x + mean);
  let term = 2 * x * ratio;
  let sum = (x - mean) * ratio;
  for (let odd = 3; odd < 1000; odd += 2) {
    term *= ratio * ratio;
    const next = sum + term / odd;
    if (next === sum) break;
    sum = next;
  }
  return sum;
}

/**
 * ln P(X = k) for X binomial(n, p), by the saddle-point expansion (Loader 2000, "Fast and accurate
 * computation of binomial probabilities"): no difference of large logarithms, so 15 digits hold at
 * any n.
 *
 * @param k 0 to n
 * @param p 0 to 1
 */
export function logBinomial(k: number, n: number, p: number): number {
  const q = 1 - p;
  if (p <= 0) return k === 0 ? 0 : -Infinity;
  if (q <= 0) return k === n ? 0 : -Infinity;
  if (k === 0) return n * log1p(-p);
  if (k === n) return n * log(p);
  const errors = stirlingError(n) - stirlingError(k) - stirlingError(n - k);
  const deviances = deviance(k, n * p) + deviance(n - k, n * q);
  return errors - deviances - halfLogTwoPi - 0.5 * log((k * (n - k)) / n);
}

/**
 * ln P(X = k): `k` marked among `n` drawn without replacement from `population` of which `marked`
 * are marked. From three binomials of probability n / population, so as exact as they are.
 */
export function logHypergeometric(
  k: number,
  n: number,
  marked: number,
  population: number,
): number {
  if (k < max(0, n + marked - population) || k > min(n, marked)) return -Infinity;
  if (n === 0 || n === population) return 0;
  const p = n / population;
  return (
    logBinomial(k, marked, p) +
    logBinomial(n - k, population - marked, p) -
    logBinomial(n, population, p)
  );
}

/** Σ of `first` and what follows it by `ratio`, until nothing is added any more. */
function sumDown(first: number, steps: number, ratio: (step: number) => number): number {
  let term = first;
  let sum = first;
  for (let step = 0; step < steps; step++) {
    const factor = ratio(step);
    term *= factor;
    sum += term;
    if (factor < 1 && term < sum * 1e-17) break;
  }
  return min(1, sum);
}

/** P(X ≤ k) for X binomial(n, p); the relative error stays near 1e-13 however small it is. */
export function binomialAtMost(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  if (k >= n || p <= 0) return 1;
  if (p >= 1) return 0;
  // The tail without the mean is summed: terms fall from its first one on.
  if (k > n * p) return 1 - binomialAtMost(n - k - 1, n, 1 - p);
  const odds = (1 - p) / p;
  return sumDown(exp(logBinomial(k, n, p)), k, (step) => {
    const at = k - step;
    return (at / (n - at + 1)) * odds;
  });
}

/** P(X ≤ k) for the draw of `logHypergeometric`. */
export function hypergeometricAtMost(
  k: number,
  n: number,
  marked: number,
  population: number,
): number {
  const least = max(0, n + marked - population);
  if (k < least) return 0;
  if (k >= min(n, marked)) return 1;
  // Among the unmarked the same draw is counted from the other end.
  if (k > (n * marked) / population)
    return 1 - hypergeometricAtMost(n - k - 1, n, population - marked, population);
  const first = exp(logHypergeometric(k, n, marked, population));
  return sumDown(first, k - least, (step) => {
    const at = k - step;
    return (at / (marked - at + 1)) * ((population - marked - n + at) / (n - at + 1));
  });
}
