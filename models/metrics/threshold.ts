import { ModelInputError } from '../errors';
import type { ScoredSample } from './calibration';
import { planAudit, type AuditPlan } from './certificate';

/** What certifying the images from one confidence on would take. */
export interface ThresholdPlan extends AuditPlan {
  /** Images with at least this confidence are accepted; `population` of them. */
  threshold: number;
  /** Share of the accepted that is believed to be wrong. */
  expectedErrorRate: number;
}

export interface ThresholdInput {
  /** Calibrated confidences of the images that may be accepted, in any order. */
  confidences: Float32Array;
  epsilon: number;
  alpha: number;
  /** Images drawn at random, judged by heads that never saw them, if there are any. */
  sample?: ScoredSample | undefined;
}

/**
 * The confidences alone speak for as much as one wrong image seen; and near 1 they promise
 * about half as many wrong images as there are, of which the sample finds some (1,000 and 1,500 labels of Caltech-101, validation draws).
 */
const ownEvidence = 1;
const optimism = 1.5;
/**
 * No plan believes in fewer errors than this share of what is tolerated: people err too, and a plan
 * that allows for a few wrong answers costs next to nothing while there are none.
 */
const minError = 0.1;

/** Points of the curve, and those tried between its best point's neighbours. */
const curvePoints = 16;
const finerPoints = 4;

function sortedDown(confidences: Float32Array): Float32Array {
  const bad = confidences.findIndex((value) => !(value >= 0 && value <= 1 + 1e-5));
  if (bad >= 0)
    throw new ModelInputError('VALUE', `Confidence: row ${bad} holds ${confidences[bad]}, not 0 to 1`); // prettier-ignore
  return confidences.slice().sort().reverse();
}

/**
 * The error among images of at least this confidence: a gamma distribution about what the
 * confidences promise, after the sample was seen (its errors are Poisson).
 */
function believedError(promised: number, threshold: number, { sample, epsilon }: ThresholdInput) {
  let [seen, wrong] = [0, 0];
  for (let row = 0; row < (sample?.confidence.length ?? 0); row++) {
    if (sample!.confidence[row]! < threshold) continue;
    seen++;
    if (!sample!.right[row]) wrong++;
  }
  const evidence = ownEvidence + wrong;
  const weight = ownEvidence / Math.max(minError * epsilon, optimism * promised);
  return { expectedErrorRate: Math.min(1, evidence / (weight + seen)), evidence };
}

/** Plans by number of accepted images; images as sure as the last one are accepted with it. */
function planner(input: ThresholdInput) {
  const { confidences, epsilon, alpha } = input;
  const sorted = sortedDown(confidences);
  const doubt = new Float64Array(sorted.length + 1);
  sorted.forEach((value, at) => (doubt[at + 1] = doubt[at]! + Math.max(0, 1 - value)));
  const made = new Map<number, ThresholdPlan>();
  return {
    made,
    atCount: (wanted: number): ThresholdPlan => {
      const threshold = sorted[wanted - 1]!;
      let population = wanted;
      while (population < sorted.length && sorted[population] === threshold) population++;
      const known = made.get(population);
      if (known) return known;
      const error = believedError(doubt[population]! / population, threshold, input);
      const plan = planAudit({ population, epsilon, alpha, ...error });
      const found = { ...plan, threshold, expectedErrorRate: error.expectedErrorRate };
      made.set(population, found);
      return found;
    },
    /** How many images have at least this confidence. */
    countFrom: (threshold: number): number =>
      sorted.filter((value) => value >= Math.fround(threshold)).length,
  };
}

/**
 * What a certificate would take at a threshold that somebody chose; undefined where no image has
 * that confidence.
 */
export function planAtThreshold(
  input: ThresholdInput,
  threshold: number,
): ThresholdPlan | undefined {
  const { atCount, countFrom } = planner(input);
  const count = countFrom(threshold);
  return count > 0 ? { ...atCount(count), threshold } : undefined;
}

/**
 * How many of the surest images to accept so that most are expected to be saved: images accepted
 * times the chance of a certificate, less the audits that it takes. What is expected comes from the
 * confidences and the errors among randomly drawn labels. Whatever is chosen
 * here, the certificate holds, since its audit is drawn afterwards.
 *
 * @returns the best plan, and the curve from few accepted images to all; undefined without images
 * @throws ModelInputError `VALUE`
 */
export function chooseThreshold(
  input: ThresholdInput,
): { best: ThresholdPlan; curve: ThresholdPlan[] } | undefined {
  const count = input.confidences.length;
  if (count === 0) return undefined;
  const { atCount, made } = planner(input);
  const step = count / curvePoints;
  const better = (a: ThresholdPlan, b: ThresholdPlan) =>
    b.expectedSaved > a.expectedSaved ? b : a;
  for (let point = 1; point <= curvePoints; point++) atCount(Math.max(1, Math.round(point * step)));
  const rough = [...made.values()].reduce(better);
  for (let point = 1; point <= finerPoints; point++)
    for (const side of [-1, 1]) {
      const wanted = Math.round(rough.population + (side * point * step) / (finerPoints + 1));
      if (wanted >= 1 && wanted <= count) atCount(wanted);
    }
  const curve = [...made.values()].sort((a, b) => a.population - b.population);
  return { best: curve.reduce(better), curve };
}
