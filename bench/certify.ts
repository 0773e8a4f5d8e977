import {
  alphaOfAttempt,
  evaluateAudit,
  planAudit,
  toleratedWrong,
  type AuditRule,
  type AuditStanding,
  shareInterval,
  chooseThreshold,
} from '../models/metrics';
import { normaliseFeatures, seededRandom, shuffle, type Random } from '../models/numeric';
import { headLogits } from '../models/training';
import { calibrate, scoreSample } from './calibrate';
import { mean } from './caltech';
import { gatherLabels, type Gathered } from './gather';
import { loadMaterial } from './material';

const epsilon = 0.01;
const alpha = 0.05;
const seeds = [1, 2, 3, 4, 5];
const labels = 1500;
const projects = 200;
const maxAttempts = 5;

/** Draws the audit image by image from the population and evaluates it. */
function audit(rule: AuditRule, isWrong: ArrayLike<boolean>, random: Random): AuditStanding {
  const order = shuffle(
    Int32Array.from({ length: rule.population }, (_, at) => at),
    random,
  );
  const last = rule.stages.at(-1)?.audits ?? 0;
  return evaluateAudit(
    rule,
    Array.from(order.subarray(0, last), (at) => isWrong[at]!),
  );
}

interface Project {
  population: number;
  wrong: number;
}

/**
 * Repeats attempts at one population until a certificate is issued. Each attempt spends its part of
 * alpha.
 */
function certify({ population, wrong }: Project, attempts: number, random: Random) {
  const spent: number[] = [];
  // The model's own error estimate is off by up to a factor of two either way.
  const expectedErrorRate = Math.min(1, (wrong / population) * 2 ** (2 * random.next() - 1));
  const isWrong = Array.from({ length: population }, (_, at) => at < wrong);
  for (let attempt = 0; attempt < attempts; attempt++) {
    const own = alphaOfAttempt(alpha, spent);
    spent.push(own);
    const plan = planAudit({ population, epsilon, alpha: own, expectedErrorRate });
    const end = audit(plan, isWrong, random);
    if (end.verdict === 'ISSUED')
      return { issued: true, isFalse: wrong - end.wrong > toleratedWrong(population, epsilon) };
  }
  return { issued: false, isFalse: false };
}

const drawPopulation = (random: Random) => Math.round(300 * (20_000 / 300) ** random.next());

const families = {
  /** True errors around ε, from none to two and a half times as many. */
  around: (random: Random): Project => {
    const population = drawPopulation(random);
    return { population, wrong: Math.round(2.5 * epsilon * random.next() * population) };
  },
  /**
   * The worst case: a few wrong images more than tolerated, of which the audit may correct some.
   */
  justAbove: (random: Random): Project => {
    const population = drawPopulation(random);
    return { population, wrong: toleratedWrong(population, epsilon) + 1 + random.below(16) };
  },
} as const;

function simulate(family: keyof typeof families, count: number, attempts: number) {
  const random = seededRandom(`${family} ${attempts}`);
  const [tally, below] = [
    { wrong: 0, issued: 0 },
    { projects: 0, issued: 0 },
  ];
  for (let project = 0; project < count; project++) {
    const drawn = families[family](random);
    const { issued, isFalse } = certify(drawn, attempts, random);
    if (isFalse) tally.wrong++;
    if (issued) tally.issued++;
    if (drawn.wrong > toleratedWrong(drawn.population, epsilon)) continue;
    below.projects++;
    if (issued) below.issued++;
  }
  const result = {
    family,
    projects: count,
    attempts,
    wrong: tally.wrong,
    wrongShare: tally.wrong / count,
    wrongInterval: shareInterval(tally.wrong, count),
    issued: tally.issued,
    issuedShareWhereTrue: below.projects > 0 ? below.issued / below.projects : null,
  };
  console.log(
    `${family}, up to ${attempts} attempts: ${tally.wrong} of ${count} certificates wrong, ${tally.issued} issued`,
  );
  return result;
}

/**
 * Runs the product's steps on one simulated project: calibrate, choose, audit with the true
 * classes.
 */
async function certifyRemaining(gathered: Gathered, seed: number) {
  const { trial, remaining, head } = gathered;
  const { temperature, sample } = calibrate(gathered);
  const features = trial.read(remaining);
  const logits = await headLogits(head, features, remaining.length, trial.dimensions);
  const truth = remaining.map((row) => trial.truth[row]!);
  const said = scoreSample(logits, truth, temperature);
  const confidences = Float32Array.from(said.confidence);
  const own = alphaOfAttempt(alpha, []);
  const best = chooseThreshold({ confidences, epsilon, alpha: own, sample })?.best;
  if (!best) throw new Error('Nothing remains');
  const isWrong = [...confidences.keys()]
    .filter((at) => confidences[at]! >= best.threshold)
    .map((at) => !said.correct[at]);
  const { verdict, audited, wrong } = audit(best, isWrong, seededRandom(`audit ${seed}`));
  const trueWrong = isWrong.filter(Boolean).length;
  const certified = verdict === 'ISSUED' ? best.population : 0;
  const result = {
    seed,
    remaining: remaining.length,
    accepted: best.population,
    threshold: best.threshold,
    expectedErrorRate: best.expectedErrorRate,
    trueErrorRate: trueWrong / best.population,
    chance: best.chance,
    expectedAudits: best.expectedAudits,
    verdict,
    audits: audited,
    wrongFound: wrong,
    certified,
    certifiedShare: certified / remaining.length,
    saved: certified - audited,
    /** Delivered wrong after the audit's corrections, over the accepted. */
    deliveredErrorRate: certified > 0 ? (trueWrong - wrong) / certified : null,
  };
  console.log(
    `seed ${seed}: ${best.population} of ${remaining.length} accepted at ${best.threshold.toFixed(3)}, ` +
      `${audited} audits with ${wrong} wrong: ${verdict}; ${(100 * result.trueErrorRate).toFixed(2)} % were wrong`,
  );
  return result;
}

/** Measures whether certificates keep their promise, and how much they cover at 1,500 labels. */
export async function benchCertify(): Promise<Record<string, unknown>> {
  const start = performance.now();
  const simulated = simulate('around', projects, 1);
  const more = [
    simulate('around', projects, maxAttempts),
    simulate('justAbove', projects * 5, 1),
    simulate('justAbove', projects * 5, maxAttempts),
  ];
  const material = await loadMaterial(1);
  normaliseFeatures(material.features, material.dimensions, material.features);
  const real: Awaited<ReturnType<typeof certifyRemaining>>[] = [];
  for (const seed of seeds)
    for await (const gathered of gatherLabels(material, seed, [labels]))
      real.push(await certifyRemaining(gathered, seed));
  return {
    bench: 'certify',
    epsilon,
    alpha,
    wrongShare: simulated.wrongShare,
    wrongInterval: simulated.wrongInterval,
    issuedShareWhereTrue: simulated.issuedShareWhereTrue,
    simulated: [simulated, ...more],
    material: material.name,
    seeds,
    chosenOn: 'seeds 101 to 105',
    certifiedShareAt1500: mean(real.map((one) => one.certifiedShare)),
    savedAt1500: mean(real.map((one) => one.saved)),
    auditsAt1500: mean(real.map((one) => one.audits)),
    real,
    seconds: (performance.now() - start) / 1000,
  };
}
