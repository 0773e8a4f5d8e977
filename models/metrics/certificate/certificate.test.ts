import { hypergeometricAtMost } from '../../numeric/probability';
import { seededRandom, shuffle } from '../../numeric/random';
import { binomialUpperBound } from '../binomial';
import { alphaOfAttempt } from './attempts';
import { evaluateAudit } from './evaluate';
import { auditOutlook, auditRisk } from './outlook';
import { planAudit } from './plan';
import { toleratedWrong } from './rule';
import { wrongUpperBound } from './upperBound';

/** Simulates an audit of a population whose first `wrong` images are wrong. */
function audit(rule: Parameters<typeof auditRisk>[0], wrong: number, seed: string) {
  const order = shuffle(
    Int32Array.from({ length: rule.population }, (_, index) => index),
    seededRandom(seed),
  );
  return evaluateAudit(
    rule,
    Array.from(order, (image) => image < wrong),
  );
}

describe('the upper bound for a finite population', () => {
  it('is the largest number of wrong images that is consistent with the audit', () => {
    for (let population = 1; population <= 12; population++)
      for (let audits = 0; audits <= population; audits++)
        for (let wrong = 0; wrong <= audits; wrong++) {
          const bound = wrongUpperBound({ population, audits, wrong, alpha: 0.1 });
          const possible = Array.from({ length: population + 1 }, (_, m) => m).filter(
            (m) =>
              m >= wrong &&
              m <= population - (audits - wrong) &&
              hypergeometricAtMost(wrong, audits, m, population) > 0.1,
          );
          expect(bound).toBe(Math.max(...possible));
        }
  });

  it('is exact after a complete audit, and the whole population before the first audit', () => {
    expect(wrongUpperBound({ population: 50, audits: 50, wrong: 3, alpha: 0.05 })).toBe(3);
    expect(wrongUpperBound({ population: 50, audits: 0, wrong: 0, alpha: 0.05 })).toBe(50);
  });

  it('is never above the binomial bound, and approaches it as the population grows', () => {
    const binomial = binomialUpperBound(2, 500, 0.05);
    for (const population of [600, 5000, 10_000_000]) {
      const bound = wrongUpperBound({ population, audits: 500, wrong: 2, alpha: 0.05 });
      const share = bound / population;
      expect(share).toBeLessThanOrEqual(binomial);
      if (population > 1e6) expect(share).toBeCloseTo(binomial, 5);
    }
  });

  it('grows with the wrong images and falls with the audits', () => {
    for (let wrong = 0; wrong < 10; wrong++) {
      const boundFor = (audits: number, k: number) =>
        wrongUpperBound({ population: 2000, audits, wrong: k, alpha: 0.05 });
      expect(boundFor(100, wrong + 1)).toBeGreaterThan(boundFor(100, wrong));
      expect(boundFor(120, wrong)).toBeLessThan(boundFor(100, wrong));
    }
  });

  it('refuses impossible counts', () => {
    expect(() => wrongUpperBound({ population: 5, audits: 6, wrong: 0, alpha: 0.05 })).toThrow(
      '6 of 5',
    );
    expect(() => toleratedWrong(10, 0)).toThrow('Epsilon');
  });

  it('tolerates a whole number of images, without rounding errors', () => {
    expect(toleratedWrong(100, 0.07)).toBe(7);
    expect(toleratedWrong(700, 0.01)).toBe(7);
    expect(toleratedWrong(99, 0.01)).toBe(0);
  });
});

describe('an audit plan', () => {
  const plans = [3, 40, 250, 1000, 6000, 10_000_000].flatMap((population) =>
    [0, 0.001, 0.004].map((expectedErrorRate) =>
      planAudit({ population, epsilon: 0.01, alpha: 0.05, expectedErrorRate }),
    ),
  );

  it('keeps the risk within alpha for every population, and uses most of it', () => {
    for (const plan of plans) {
      expect(auditRisk(plan)).toBeLessThanOrEqual(plan.alpha + 1e-12);
      if (plan.population >= 1000 && plan.stages.length > 1)
        expect(auditRisk(plan)).toBeGreaterThan(0.9 * plan.alpha);
    }
  });

  it('has its largest risk just above the tolerated number, checked on a small population', () => {
    const plan = plans.find(({ population, stages }) => population === 250 && stages.length > 1)!;
    const risks = Array.from(
      { length: plan.population + 1 },
      (_, wrong) => auditOutlook(plan, wrong).issuedWrongly,
    );
    expect(Math.max(...risks)).toBeCloseTo(auditRisk(plan), 12);
    expect(risks.slice(0, plan.tolerated + 1).every((risk) => risk === 0)).toBe(true);
  });

  it('predicts the outcome of audits: simulation gives the same probabilities', () => {
    const plan = plans.find(({ population, stages }) => population === 1000 && stages.length > 3)!;
    for (const wrong of [3, plan.tolerated, plan.tolerated + 1, plan.tolerated + 3]) {
      const outlook = auditOutlook(plan, wrong);
      const runs = 600;
      let [issued, issuedWrongly] = [0, 0];
      for (let run = 0; run < runs; run++) {
        const end = audit(plan, wrong, `outlook ${run}`);
        expect(end.verdict).not.toBe('OPEN');
        if (end.verdict !== 'ISSUED') continue;
        issued++;
        if (wrong - end.wrong > plan.tolerated) issuedWrongly++;
      }
      const slack = (chance: number) => 4 * Math.sqrt((chance * (1 - chance) + 0.001) / runs);
      expect(Math.abs(issued / runs - outlook.issued)).toBeLessThan(slack(outlook.issued));
      expect(Math.abs(issuedWrongly / runs - outlook.issuedWrongly)).toBeLessThan(
        slack(outlook.issuedWrongly),
      );
    }
  });

  it('needs about 3/ε audits if no errors are expected', () => {
    const plan = plans.find(({ population }) => population === 10_000_000)!;
    expect(plan.stages).toEqual([{ audits: 299, allowedWrong: 0 }]);
    expect(plan.chance).toBeCloseTo(1, 6);
  });

  it('needs more audits if more errors are expected', () => {
    const audits = (expectedErrorRate: number) =>
      planAudit({ population: 6000, epsilon: 0.01, alpha: 0.05, expectedErrorRate });
    expect(audits(0.004).expectedAudits).toBeGreaterThan(audits(0.001).expectedAudits);
    expect(audits(0.004).chance).toBeLessThan(audits(0.001).chance);
  });

  it('reports that it saves nothing for three images', () => {
    const plan = planAudit({ population: 3, epsilon: 0.01, alpha: 0.05, expectedErrorRate: 0 });
    expect(plan.stages[0]!.audits).toBe(3);
    expect(plan.expectedSaved).toBeLessThanOrEqual(0);
  });

  it('refuses invalid input', () => {
    const request = { population: 10, epsilon: 0.01, alpha: 0.05, expectedErrorRate: 0 };
    expect(() => planAudit({ ...request, population: 0 })).toThrow('0 images');
    expect(() => planAudit({ ...request, expectedErrorRate: NaN })).toThrow('Expected error rate');
    expect(() => planAudit({ ...request, alpha: 0 })).toThrow('Alpha');
  });
});

describe('evaluating an audit', () => {
  const stages = [
    { audits: 3, allowedWrong: 0 },
    { audits: 6, allowedWrong: 1 },
  ];

  it('issues at the first stage whose limit is met', () => {
    expect(evaluateAudit({ stages }, [false, false, false])).toEqual({
      verdict: 'ISSUED',
      audited: 3,
      wrong: 0,
      needed: 3,
    });
    const extended = [false, true, false, false, false, false];
    expect(evaluateAudit({ stages }, extended)).toMatchObject({ verdict: 'ISSUED', audited: 6 });
    expect(evaluateAudit({ stages }, extended.slice(0, 5))).toMatchObject({
      verdict: 'OPEN',
      needed: 6,
    });
  });

  it('refuses as soon as it can no longer succeed', () => {
    expect(evaluateAudit({ stages }, [true, true])).toMatchObject({
      verdict: 'REFUSED',
      audited: 2,
      wrong: 2,
    });
  });

  it('waits for a skipped image and ignores the answers after it', () => {
    expect(evaluateAudit({ stages }, [false, undefined, false, false])).toEqual({
      verdict: 'OPEN',
      audited: 1,
      wrong: 0,
      needed: 3,
    });
  });
});

describe('repeated attempts', () => {
  it('never spend more than alpha', () => {
    const spent: number[] = [];
    for (let attempt = 0; attempt < 40; attempt++) spent.push(alphaOfAttempt(0.05, spent));
    expect(spent[0]).toBeCloseTo(0.0375, 12);
    expect(spent[1]!).toBeCloseTo(spent[0]! / 4, 12);
    expect(spent.reduce((sum, part) => sum + part, 0)).toBeLessThanOrEqual(0.05);
  });

  it('have nothing left after attempts with a larger alpha spent it all', () => {
    expect(alphaOfAttempt(0.05, [0.05])).toBe(0);
    expect(alphaOfAttempt(0.01, [0.0375])).toBe(0);
  });
});
