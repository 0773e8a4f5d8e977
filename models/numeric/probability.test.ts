import {
  binomialAtMost,
  hypergeometricAtMost,
  logBinomial,
  logHypergeometric,
} from './probability';

/** n over k as a whole number. */
function choose(n: number, k: number): bigint {
  let out = 1n;
  for (let i = 1; i <= k; i++) out = (out * BigInt(n - k + i)) / BigInt(i);
  return out;
}

/** Exact quotient of two whole numbers to 17 digits. */
const ratio = (above: bigint, below: bigint): number => Number((above * 10n ** 18n) / below) / 1e18;

function drawsAtMost(k: number, n: number, marked: number, population: number): number {
  let ways = 0n;
  for (let i = Math.max(0, n + marked - population); i <= Math.min(k, n, marked); i++)
    ways += choose(marked, i) * choose(population - marked, n - i);
  return ratio(ways, choose(population, n));
}

describe('hypergeometric probabilities', () => {
  it('equal the count of all draws, for every small population', () => {
    for (let population = 1; population <= 14; population++)
      for (let marked = 0; marked <= population; marked++)
        for (let n = 0; n <= population; n++)
          for (let k = 0; k <= n; k++)
            expect(hypergeometricAtMost(k, n, marked, population)).toBeCloseTo(
              drawsAtMost(k, n, marked, population),
              12,
            );
  });

  it('equal the count of all draws at thousands too', () => {
    for (const [k, n, marked, population] of [
      [2, 299, 70, 7000],
      [0, 400, 12, 1200],
      [30, 900, 90, 3000],
    ] as const)
      // prettier-ignore
      expect(
        hypergeometricAtMost(k, n, marked, population) / drawsAtMost(k, n, marked, population),
      ).toBeCloseTo(1, 11);
  });

  it('keep their digits at ten million, where factorials have seventy million', () => {
    let sum = 0;
    for (let k = 0; k <= 80; k++) sum += Math.exp(logHypergeometric(k, 1000, 200_000, 10_000_000));
    expect(sum).toBeCloseTo(1, 11);
    // As rare among so many, it is the binomial to the sampling fraction.
    expect(hypergeometricAtMost(3, 300, 100_000, 10_000_000)).toBeCloseTo(
      binomialAtMost(3, 300, 0.01),
      4,
    );
  });

  it('give nothing to what cannot be drawn', () => {
    expect(hypergeometricAtMost(1, 5, 8, 10)).toBe(0);
    expect(logHypergeometric(6, 5, 8, 10)).toBe(-Infinity);
    expect(hypergeometricAtMost(0, 10, 0, 10)).toBe(1);
  });
});

describe('binomial probabilities', () => {
  it('equal the sum over all outcomes of a fair coin', () => {
    for (let n = 1; n <= 40; n++)
      for (let k = 0, ways = 0n; k <= n; k++) {
        ways += choose(n, k);
        expect(binomialAtMost(k, n, 0.5)).toBeCloseTo(ratio(ways, 2n ** BigInt(n)), 12);
      }
  });

  it('keep their relative precision where they nearly vanish', () => {
    expect(binomialAtMost(0, 1_000_000, 0.001)).toBeCloseTo((1 - 0.001) ** 1e6, 12);
    expect(binomialAtMost(0, 100_000, 0.001) / (1 - 0.001) ** 1e5).toBeCloseTo(1, 9);
    expect(logBinomial(3, 10, 0)).toBe(-Infinity);
    expect(logBinomial(10, 10, 1)).toBe(0);
  });
});
