import { seededRandom } from '../numeric/random';
import { indexAnswers, type AnswerIndex, type Answers } from '../consensus/answers';
import { shareInterval } from './binomial';

/** An agreement coefficient from -1 to 1 with its 95 % confidence interval. */
export interface Agreement {
  value: number;
  low: number;
  high: number;
}

/** The agreement of two annotators on the images that both answered. */
export interface PairAgreement {
  a: number;
  b: number;
  images: number;
  /** Share of these images with equal answers, 0 to 1. */
  agreed: number;
  /** Undefined if chance agreement is 1: both annotators used only one class, the same one. */
  kappa: Agreement | undefined;
}

const clamp = (value: number): number => Math.max(-1, Math.min(1, value));

/**
 * Computes Cohen's kappa (1960): the agreement of two annotators beyond the chance agreement of
 * their class frequencies. Its interval is the exact interval of the observed agreement, converted
 * to kappa with chance agreement held fixed. Unlike the large-sample interval it keeps its width
 * when all answers agree.
 *
 * @param first the first annotator's answers
 * @param second the second annotator's answers to the same images
 * @returns undefined without images, or if chance agreement is 1
 */
export function cohensKappa(first: Int32Array, second: Int32Array): Agreement | undefined {
  const images = first.length;
  const [firstCounts, secondCounts] = [new Map<number, number>(), new Map<number, number>()];
  let same = 0;
  for (let i = 0; i < images; i++) {
    firstCounts.set(first[i]!, (firstCounts.get(first[i]!) ?? 0) + 1);
    secondCounts.set(second[i]!, (secondCounts.get(second[i]!) ?? 0) + 1);
    if (first[i] === second[i]) same++;
  }
  let chance = 0;
  for (const [k, count] of firstCounts)
    chance += (count / images) * ((secondCounts.get(k) ?? 0) / images);
  if (images === 0 || chance >= 1 - 1e-12) return undefined;
  const toKappa = (share: number): number => clamp((share - chance) / (1 - chance));
  const { low, high } = shareInterval(same, images);
  return { value: toKappa(same / images), low: toKappa(low), high: toKappa(high) };
}

/**
 * Computes the agreement of the pairs of annotators that share most images. Errors as for
 * `indexAnswers`.
 *
 * @param maxPairs maximum number of pairs
 */
export function pairAgreements(
  answers: Answers,
  maxPairs: number,
  index: AnswerIndex = indexAnswers(answers),
): PairAgreement[] {
  const { annotator, answer, annotators } = answers;
  const pairs = new Map<number, { first: number[]; second: number[] }>();
  const { start, order } = index;
  for (let row = 0; row < answers.rows; row++)
    for (let i = start[row]!; i < start[row + 1]!; i++)
      for (let j = start[row]!; j < start[row + 1]!; j++) {
        const [a, b] = [order[i]!, order[j]!];
        if (annotator[a]! >= annotator[b]!) continue;
        const key = annotator[a]! * annotators + annotator[b]!;
        let pair = pairs.get(key);
        if (!pair) pairs.set(key, (pair = { first: [], second: [] }));
        pair.first.push(answer[a]!);
        pair.second.push(answer[b]!);
      }
  return [...pairs]
    .sort(([, a], [, b]) => b.first.length - a.first.length)
    .slice(0, maxPairs)
    .sort(([a], [b]) => a - b)
    .map(([key, { first, second }]) => ({
      a: Math.floor(key / annotators),
      b: key % annotators,
      images: first.length,
      agreed: first.filter((k, i) => k === second[i]).length / first.length,
      kappa: cohensKappa(Int32Array.from(first), Int32Array.from(second)),
    }));
}

/** Krippendorff's alpha over all annotators, and the share of agreeing pairs of answers. */
export interface GroupAgreement {
  /** Images with at least two answers. */
  images: number;
  /** Share of pairs of answers that agree, averaged over these images, 0 to 1. */
  agreed: number;
  /** Undefined if all answers name the same class, because there is no variation. */
  alpha: Agreement | undefined;
}

/** The contribution of one image to the sums of alpha. */
interface Unit {
  answers: number;
  /** Σ over classes of count · (count - 1) / (answers - 1): the coincidence matrix's diagonal. */
  matching: number;
  counts: [classIndex: number, count: number][];
}

function unitsOf({ rows, answer }: Answers, { start, order }: AnswerIndex): Unit[] {
  const units: Unit[] = [];
  for (let row = 0; row < rows; row++) {
    const answers = start[row + 1]! - start[row]!;
    if (answers < 2) continue;
    const counts = new Map<number, number>();
    for (let i = start[row]!; i < start[row + 1]!; i++) {
      const k = answer[order[i]!]!;
      counts.set(k, (counts.get(k) ?? 0) + 1);
    }
    let matching = 0;
    for (const count of counts.values()) matching += (count * (count - 1)) / (answers - 1);
    units.push({ answers, matching, counts: [...counts] });
  }
  return units;
}

/** Computes 1 - observed / expected disagreement; undefined if no disagreement is expected. */
function alphaOf(units: readonly Unit[], classes: number): number | undefined {
  const totals = new Float64Array(classes);
  let [n, matching] = [0, 0];
  for (const unit of units) {
    n += unit.answers;
    matching += unit.matching;
    for (const [k, count] of unit.counts) totals[k]! += count;
  }
  let squares = 0;
  for (const total of totals) squares += total * total;
  const expected = (n * n - squares) / Math.max(1, n - 1);
  return expected > 0 ? clamp(1 - (n - matching) / expected) : undefined;
}

/** How long a part of the bootstrap keeps other work waiting, in milliseconds. */
const partMs = 5;

/**
 * Bootstraps alpha over images: the 2.5 % and 97.5 % quantiles of resamples with replacement. It takes
 * up to a second, so it pauses every few milliseconds for other work.
 */
async function bootstrap(
  units: readonly Unit[],
  classes: number,
  value: number,
): Promise<Agreement> {
  let since = performance.now();
  const random = seededRandom('alpha');
  const draws = Math.max(100, Math.min(1000, Math.round(4e6 / units.length)));
  const samples: number[] = [];
  for (let i = 0; i < draws; i++) {
    const drawn = units.map(() => units[random.below(units.length)]!);
    samples.push(alphaOf(drawn, classes) ?? value);
    if (performance.now() - since < partMs) continue;
    await new Promise((resolve) => setImmediate(resolve));
    since = performance.now();
  }
  samples.sort((a, b) => a - b);
  const quantile = (share: number) => samples[Math.round(share * (draws - 1))]!;
  return { value, low: Math.min(value, quantile(0.025)), high: Math.max(value, quantile(0.975)) };
}

/**
 * Computes Krippendorff's alpha for nominal data with gaps (Krippendorff 2011, "Computing
 * Krippendorff's alpha-reliability"). 1 is perfect agreement and 0 is chance agreement; he advises
 * against conclusions below 0.667. Images with one answer are left out. The interval is a bootstrap
 * over images with a fixed seed.
 *
 * @returns undefined if no image has two answers
 * @throws ModelInputError as `indexAnswers`
 */
export async function groupAgreement(
  answers: Answers,
  index: AnswerIndex = indexAnswers(answers),
): Promise<GroupAgreement | undefined> {
  const units = unitsOf(answers, index);
  if (units.length === 0) return undefined;
  let agreed = 0;
  for (const unit of units) agreed += unit.matching / unit.answers;
  const value = alphaOf(units, answers.classes);
  return {
    images: units.length,
    agreed: agreed / units.length,
    alpha: value === undefined ? undefined : await bootstrap(units, answers.classes, value),
  };
}

/** How often an annotator agreed with the majority of the others. */
export interface PeerAgreement {
  /** Images where the other annotators have a majority. */
  images: number;
  /** Images where the annotator agreed with that majority. */
  agreed: number;
}

/**
 * Finds the most frequent answer of the other annotators; undefined without answers or at a tie.
 */
function majorityOfOthers(
  { answer }: Answers,
  rowAnswers: Int32Array,
  excluded: number,
): number | undefined {
  const votes = new Map<number, number>();
  for (const index of rowAnswers)
    if (index !== excluded) votes.set(answer[index]!, (votes.get(answer[index]!) ?? 0) + 1);
  const maxVotes = Math.max(0, ...votes.values());
  const leaders = [...votes].filter(([, count]) => count === maxVotes);
  return leaders.length === 1 ? leaders[0]![0] : undefined;
}

/**
 * Compares each annotator with the majority of the other annotators. The annotator's own answer
 * does not enter that majority, and images without a majority do not count. Errors as for
 * `indexAnswers`.
 */
export function peerAgreements(
  answers: Answers,
  index: AnswerIndex = indexAnswers(answers),
): PeerAgreement[] {
  const agreements = Array.from({ length: answers.annotators }, () => ({ images: 0, agreed: 0 }));
  for (let row = 0; row < answers.rows; row++) {
    const rowAnswers = index.order.subarray(index.start[row], index.start[row + 1]);
    for (const index of rowAnswers) {
      const majority = majorityOfOthers(answers, rowAnswers, index);
      if (majority === undefined) continue;
      const person = agreements[answers.annotator[index]!]!;
      person.images++;
      if (answers.answer[index] === majority) person.agreed++;
    }
  }
  return agreements;
}

/** The difference of two shares, -1 to 1, with its 95 % confidence interval. */
export interface ShareDifference {
  value: number;
  low: number;
  high: number;
}

/**
 * Computes the difference of two independent shares. Its interval combines the exact intervals of
 * both shares (Newcombe 1998, "Interval estimation for the difference between independent
 * proportions").
 *
 * @returns undefined if either sample is empty
 */
export function shareDifference(
  first: { right: number; count: number },
  second: { right: number; count: number },
): ShareDifference | undefined {
  if (first.count === 0 || second.count === 0) return undefined;
  const [p, q] = [first.right / first.count, second.right / second.count];
  const a = shareInterval(first.right, first.count);
  const b = shareInterval(second.right, second.count);
  const value = p - q;
  return {
    value,
    low: Math.max(-1, value - Math.hypot(p - a.low, b.high - q)),
    high: Math.min(1, value + Math.hypot(a.high - p, q - b.low)),
  };
}
