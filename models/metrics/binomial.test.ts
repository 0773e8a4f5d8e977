import { binomialAtMost } from '../numeric/probability';
import { seededRandom } from '../numeric/random';
import { binomialUpperBound, shareInterval } from './binomial';

describe('the Clopper-Pearson bound', () => {
  it('is 1 - alpha^(1/n) without hits (the rule of three)', () => {
    for (const n of [1, 10, 299, 10_000, 10_000_000])
      expect(binomialUpperBound(0, n, 0.05) / (1 - 0.05 ** (1 / n))).toBeCloseTo(1, 9);
    expect(binomialUpperBound(0, 300, 0.05)).toBeLessThan(3 / 300);
  });

  it('is the share at which k hits or fewer have probability alpha', () => {
    for (const [k, n] of [
      [1, 20],
      [7, 473],
      [40, 41],
    ] as const)
      expect(binomialAtMost(k, n, binomialUpperBound(k, n, 0.05))).toBeCloseTo(0.05, 9);
  });

  it('rises with the hits, and falls with the draws and with alpha', () => {
    for (let k = 0; k < 20; k++) {
      expect(binomialUpperBound(k + 1, 50, 0.05)).toBeGreaterThan(binomialUpperBound(k, 50, 0.05));
      expect(binomialUpperBound(k, 51, 0.05)).toBeLessThan(binomialUpperBound(k, 50, 0.05));
      expect(binomialUpperBound(k, 50, 0.1)).toBeLessThan(binomialUpperBound(k, 50, 0.05));
    }
  });

  it('gives the interval 0 to 1 without draws, and refuses impossible input', () => {
    expect(shareInterval(0, 0)).toEqual({ low: 0, high: 1 });
    expect(shareInterval(4, 4).high).toBe(1);
    expect(() => binomialUpperBound(3, 2, 0.05)).toThrow('3 of 2 is not a valid count');
    expect(() => binomialUpperBound(1, 2, 1)).toThrow('not between 0 and 1');
  });

  it('covers the true share at least as often as stated', () => {
    const random = seededRandom('coverage');
    let missed = 0;
    const trials = 4000;
    for (let trial = 0; trial < trials; trial++) {
      const share = random.next();
      let hits = 0;
      for (let i = 0; i < 40; i++) if (random.next() < share) hits++;
      const { low, high } = shareInterval(hits, 40);
      if (share < low || share > high) missed++;
    }
    expect(missed / trials).toBeLessThan(0.05);
    // An interval that never misses would be uselessly wide.
    expect(missed / trials).toBeGreaterThan(0.01);
  });
});
