// Local copies are faster: tail sums call these functions tens of thousands of times.
const { abs, exp, log, log1p, max, min } = Math;

/** ln √(2π). */
const halfLogTwoPi = 0.9189385332046727;

/** ln(n!) - ln(√(2πn) (n/e)ⁿ) for n = 0 to 15. Above 15, Stirling's series is exact to rounding. */
const stirlingTable = Float64Array.from({ length: 16 }, (_, n) => {
  let logFactorial = 0;
  for (let i = 2; i <= n; i++) logFactorial += log(i);
  return n === 0 ? 0 : logFactorial - (n + 0.5) * log(n) + n - halfLogTwoPi;
});

/** Computes the error of Stirling's formula for ln(n!). */
function stirlingError(n: number): number {
  if (n < stirlingTable.length) return stirlingTable[n]!;
  const square = n * n;
  const tail = 1 / 1260 - (1 / 1680 - 1 / 1188 / square) / square;
  return (1 / 12 - (1 / 360 - tail / square) / square) / n;
}

/** Computes x ln(x / mean) + mean - x without cancellation when x is close to the mean. */
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
 * Computes ln P(X = k) for X binomial(n, p) by the saddle-point expansion (Loader 2000, "Fast and
 * accurate computation of binomial probabilities"). It subtracts no large logarithms, so 15 digits
 * are correct at any n.
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
 * Computes the hypergeometric ln P(X = k): `k` marked items among `n` drawn without replacement
 * from `population` items, of which `marked` are marked. It combines three binomials of probability
 * n / population, so it is as exact as `logBinomial`.
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

/**
 * Sums a series whose terms follow from the first by `ratio`. It stops at terms too small to change
 * the sum.
 */
function sumSeries(first: number, steps: number, ratio: (step: number) => number): number {
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

/**
 * Computes P(X ≤ k) for X binomial(n, p). The relative error is near 1e-13 even for tiny results.
 */
export function binomialAtMost(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  if (k >= n || p <= 0) return 1;
  if (p >= 1) return 0;
  // The tail that excludes the mean is summed, because its terms fall from the first one on.
  if (k > n * p) return 1 - binomialAtMost(n - k - 1, n, 1 - p);
  const odds = (1 - p) / p;
  return sumSeries(exp(logBinomial(k, n, p)), k, (step) => {
    const count = k - step;
    return (count / (n - count + 1)) * odds;
  });
}

/** Computes P(X ≤ k) for the draw described at `logHypergeometric`. */
export function hypergeometricAtMost(
  k: number,
  n: number,
  marked: number,
  population: number,
): number {
  const minCount = max(0, n + marked - population);
  if (k < minCount) return 0;
  if (k >= min(n, marked)) return 1;
  // The same draw, counted by its unmarked items, has the smaller tail.
  if (k > (n * marked) / population)
    return 1 - hypergeometricAtMost(n - k - 1, n, population - marked, population);
  const first = exp(logHypergeometric(k, n, marked, population));
  return sumSeries(first, k - minCount, (step) => {
    const count = k - step;
    return (count / (marked - count + 1)) * ((population - marked - n + count) / (n - count + 1));
  });
}
