import { seededRandom, shuffle } from '../numeric/random';
import { hypergeometricAtMost } from '../numeric/probability';
import { binomialUpperBound } from './binomial';
import {
  alphaOfAttempt,
  auditOutlook,
  auditRisk,
  evaluateAudit,
  planAudit,
  toleratedWrong,
  wrongUpperBound,
} from './certificate';

/** One audit of a population whose first `wrong` images are wrong, images drawn one by one. */
function audit(rule: Parameters<typeof auditRisk>[0], wrong: number, seed: string) {
  const order = shuffle(
    Int32Array.from({ length: rule.population }, (_, at) => at),
    seededRandom(seed),
  );
  return evaluateAudit(
    rule,
    Array.from(order, (image) => image < wrong),
  );
}

describe('the bound of a finite population', () => {
  it('is the largest number of wrong images that the audit does not rule out', () => {
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

  it('is the truth once everything is audited, and everything before anything is', () => {
    expect(wrongUpperBound({ population: 50, audits: 50, wrong: 3, alpha: 0.05 })).toBe(3);
    expect(wrongUpperBound({ population: 50, audits: 0, wrong: 0, alpha: 0.05 })).toBe(50);
  });

  it('is never above the binomial one, and nears it as the population grows', () => {
    const binomial = binomialUpperBound(2, 500, 0.05);
    for (const population of [600, 5000, 10_000_000]) {
      const share = wrongUpperBound({ population, audits: 500, wrong: 2, alpha: 0.05 }) / population; // prettier-ignore
      expect(share).toBeLessThanOrEqual(binomial);
      if (population > 1e6) expect(share).toBeCloseTo(binomial, 5);
    }
  });

  it('grows with what is wrong and falls with what is audited', () => {
    for (let wrong = 0; wrong < 10; wrong++) {
      const at = (audits: number, k: number) =>
        wrongUpperBound({ population: 2000, audits, wrong: k, alpha: 0.05 });
      expect(at(100, wrong + 1)).toBeGreaterThan(at(100, wrong));
      expect(at(120, wrong)).toBeLessThan(at(100, wrong));
    }
  });

  it('refuses counts that cannot be', () => {
    expect(() => wrongUpperBound({ population: 5, audits: 6, wrong: 0, alpha: 0.05 })).toThrow(
      '6 of 5',
    );
    expect(() => toleratedWrong(10, 0)).toThrow('Epsilon');
  });

  it('tolerates whole images, none lost to rounding', () => {
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

  it('keeps to alpha in the worst state the population may be in, and does not waste it', () => {
    for (const plan of plans) {
      expect(auditRisk(plan)).toBeLessThanOrEqual(plan.alpha + 1e-12);
      if (plan.population >= 1000 && plan.stages.length > 1)
        expect(auditRisk(plan)).toBeGreaterThan(0.9 * plan.alpha);
    }
  });

  it('is worst just above what is tolerated: no state of a small population is worse', () => {
    const plan = plans.find(({ population, stages }) => population === 250 && stages.length > 1)!;
    const risks = Array.from(
      { length: plan.population + 1 },
      (_, wrong) => auditOutlook(plan, wrong).issuedWrongly,
    );
    expect(Math.max(...risks)).toBeCloseTo(auditRisk(plan), 12);
    expect(risks.slice(0, plan.tolerated + 1).every((risk) => risk === 0)).toBe(true);
  });

  it('foretells what audits do: simulation gives the same chances', () => {
    const plan = plans.find(({ population, stages }) => population === 1000 && stages.length > 3)!;
    for (const wrong of [3, plan.tolerated, plan.tolerated + 1, plan.tolerated + 3]) {
      const outlook = auditOutlook(plan, wrong);
      const runs = 600;
      let [issued, wrongly] = [0, 0];
      for (let run = 0; run < runs; run++) {
        const end = audit(plan, wrong, `outlook ${run}`);
        expect(end.verdict).not.toBe('OPEN');
        if (end.verdict !== 'ISSUED') continue;
        issued++;
        if (wrong - end.wrong > plan.tolerated) wrongly++;
      }
      const slack = (chance: number) => 4 * Math.sqrt((chance * (1 - chance) + 0.001) / runs);
      expect(Math.abs(issued / runs - outlook.issued)).toBeLessThan(slack(outlook.issued));
      expect(Math.abs(wrongly / runs - outlook.issuedWrongly)).toBeLessThan(
        slack(outlook.issuedWrongly),
      );
    }
  });

  it('asks for about 3/ε audits where nothing is expected to be wrong', () => {
    const plan = plans.find(({ population }) => population === 10_000_000)!;
    expect(plan.stages).toEqual([{ audits: 299, allowedWrong: 0 }]);
    expect(plan.chance).toBeCloseTo(1, 6);
  });

  it('asks for more where more is expected to be wrong', () => {
    const audits = (expectedErrorRate: number) =>
      planAudit({ population: 6000, epsilon: 0.01, alpha: 0.05, expectedErrorRate });
    expect(audits(0.004).expectedAudits).toBeGreaterThan(audits(0.001).expectedAudits);
    expect(audits(0.004).chance).toBeLessThan(audits(0.001).chance);
  });

  it('saves nothing of three images, and says so', () => {
    const plan = planAudit({ population: 3, epsilon: 0.01, alpha: 0.05, expectedErrorRate: 0 });
    expect(plan.stages[0]!.audits).toBe(3);
    expect(plan.expectedSaved).toBeLessThanOrEqual(0);
  });

  it('refuses what is no question', () => {
    const ask = { population: 10, epsilon: 0.01, alpha: 0.05, expectedErrorRate: 0 };
    expect(() => planAudit({ ...ask, population: 0 })).toThrow('0 images');
    expect(() => planAudit({ ...ask, expectedErrorRate: NaN })).toThrow('Expected error rate');
    expect(() => planAudit({ ...ask, alpha: 0 })).toThrow('Alpha');
  });
});

describe('judging an audit', () => {
  const stages = [
    { audits: 3, allowedWrong: 0 },
    { audits: 6, allowedWrong: 1 },
  ];

  it('issues at the first stage that is met', () => {
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

  it('refuses as soon as it is lost', () => {
    expect(evaluateAudit({ stages }, [true, true])).toMatchObject({
      verdict: 'REFUSED',
      audited: 2,
      wrong: 2,
    });
  });

  it('waits for an image that was put off, whatever came after it', () => {
    expect(evaluateAudit({ stages }, [false, undefined, false, false])).toEqual({
      verdict: 'OPEN',
      audited: 1,
      wrong: 0,
      needed: 3,
    });
  });
});

describe('repeated attempts', () => {
  it('spend no more than alpha, however many', () => {
    const spent: number[] = [];
    for (let attempt = 0; attempt < 40; attempt++) spent.push(alphaOfAttempt(0.05, spent));
    expect(spent[0]).toBeCloseTo(0.0375, 12);
    expect(spent[1]!).toBeCloseTo(spent[0]! / 4, 12);
    expect(spent.reduce((sum, part) => sum + part, 0)).toBeLessThanOrEqual(0.05);
  });

  it('have nothing left once another setting spent it all', () => {
    expect(alphaOfAttempt(0.05, [0.05])).toBe(0);
    expect(alphaOfAttempt(0.01, [0.0375])).toBe(0);
  });
});
