import {
  binomialAtMost,
  hypergeometricAtMost,
  logBinomial,
  logHypergeometric,
} from './probability';

/** Computes the binomial coefficient n over k exactly. */
function choose(n: number, k: number): bigint {
  let out = 1n;
  for (let i = 1; i <= k; i++) out = (out * BigInt(n - k + i)) / BigInt(i);
  return out;
}

/** Divides two whole numbers to 18 decimal places. */
const ratio = (above: bigint, below: bigint): number => Number((above * 10n ** 18n) / below) / 1e18;

function exactShare(k: number, n: number, marked: number, population: number): number {
  let ways = 0n;
  for (let i = Math.max(0, n + marked - population); i <= Math.min(k, n, marked); i++)
    ways += choose(marked, i) * choose(population - marked, n - i);
  return ratio(ways, choose(population, n));
}

describe('hypergeometric probabilities', () => {
  it('match the exact count of draws for every small population', () => {
    for (let population = 1; population <= 14; population++)
      for (let marked = 0; marked <= population; marked++)
        for (let n = 0; n <= population; n++)
          for (let k = 0; k <= n; k++)
            expect(hypergeometricAtMost(k, n, marked, population)).toBeCloseTo(
              exactShare(k, n, marked, population),
              12,
            );
  });

  it('match the exact count of draws for populations of thousands', () => {
    for (const [k, n, marked, population] of [
      [2, 299, 70, 7000],
      [0, 400, 12, 1200],
      [30, 900, 90, 3000],
    ] as const)
      expect(
        hypergeometricAtMost(k, n, marked, population) / exactShare(k, n, marked, population),
      ).toBeCloseTo(1, 11);
  });

  it('stay precise for a population of ten million', () => {
    let sum = 0;
    for (let k = 0; k <= 80; k++) sum += Math.exp(logHypergeometric(k, 1000, 200_000, 10_000_000));
    expect(sum).toBeCloseTo(1, 11);
    // For so small a sampling fraction the binomial is a close approximation.
    expect(hypergeometricAtMost(3, 300, 100_000, 10_000_000)).toBeCloseTo(
      binomialAtMost(3, 300, 0.01),
      4,
    );
  });

  it('are 0 for impossible draws', () => {
    expect(hypergeometricAtMost(1, 5, 8, 10)).toBe(0);
    expect(logHypergeometric(6, 5, 8, 10)).toBe(-Infinity);
    expect(hypergeometricAtMost(0, 10, 0, 10)).toBe(1);
  });
});

describe('binomial probabilities', () => {
  it('match the sum over all outcomes of a fair coin', () => {
    for (let n = 1; n <= 40; n++)
      for (let k = 0, ways = 0n; k <= n; k++) {
        ways += choose(n, k);
        expect(binomialAtMost(k, n, 0.5)).toBeCloseTo(ratio(ways, 2n ** BigInt(n)), 12);
      }
  });

  it('keep their relative precision when they are tiny', () => {
    expect(binomialAtMost(0, 1_000_000, 0.001)).toBeCloseTo((1 - 0.001) ** 1e6, 12);
    expect(binomialAtMost(0, 100_000, 0.001) / (1 - 0.001) ** 1e5).toBeCloseTo(1, 9);
    expect(logBinomial(3, 10, 0)).toBe(-Infinity);
    expect(logBinomial(10, 10, 1)).toBe(0);
  });
});
