import { seededRandom } from '../numeric/random';
import { indexAnswers, type AnswerIndex, type Answers } from '../consensus/answers';
import { shareInterval } from './binomial';

/** An agreement from -1 to 1 with the interval that it lies in with 95 % confidence. */
export interface Agreement {
  value: number;
  low: number;
  high: number;
}

/** One pair of people and the images that both answered. */
export interface PairAgreement {
  a: number;
  b: number;
  images: number;
  /** Share of these images with the same answer, 0 to 1. */
  agreed: number;
  /** Undefined where chance alone would agree always (both named one and the same class only). */
  kappa: Agreement | undefined;
}

const clamp = (value: number): number => Math.max(-1, Math.min(1, value));

/**
 * Cohen's kappa (1960): agreement of two people beyond what their class frequencies agree on by
 * chance. The interval is the exact one of the share agreed, carried through kappa with chance held
 * fixed; unlike the large-sample one it does not shrink to a point where all agree.
 *
 * @param first, second their answers to the same images
 * @returns undefined without images, or where chance alone agrees always
 */
export function cohensKappa(first: Int32Array, second: Int32Array): Agreement | undefined {
  const images = first.length;
  const [mine, theirs] = [new Map<number, number>(), new Map<number, number>()];
  let same = 0;
  for (let i = 0; i < images; i++) {
    mine.set(first[i]!, (mine.get(first[i]!) ?? 0) + 1);
    theirs.set(second[i]!, (theirs.get(second[i]!) ?? 0) + 1);
    if (first[i] === second[i]) same++;
  }
  let chance = 0;
  for (const [k, count] of mine) chance += (count / images) * ((theirs.get(k) ?? 0) / images);
  if (images === 0 || chance >= 1 - 1e-12) return undefined;
  const beyond = (share: number): number => clamp((share - chance) / (1 - chance));
  const { low, high } = shareInterval(same, images);
  return { value: beyond(same / images), low: beyond(low), high: beyond(high) };
}

/** The kappas of all pairs that share at least one image; errors as `indexAnswers`. */
export function pairAgreements(
  answers: Answers,
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
    .sort(([a], [b]) => a - b)
    .map(([key, { first, second }]) => ({
      a: Math.floor(key / annotators),
      b: key % annotators,
      images: first.length,
      agreed: first.filter((k, i) => k === second[i]).length / first.length,
      kappa: cohensKappa(Int32Array.from(first), Int32Array.from(second)),
    }));
}

/** Krippendorff's alpha over all people, and the plain share of agreeing pairs. */
export interface GroupAgreement {
  /** Images with at least two answers. */
  images: number;
  /** Mean over these images of the share of pairs of answers that agree, 0 to 1. */
  agreed: number;
  /** Undefined where only one class was ever named: nothing varies that could be agreed on. */
  alpha: Agreement | undefined;
}

/** What one image adds to alpha's sums. */
interface Unit {
  answers: number;
  /** Σ over classes of count · (count - 1) / (answers - 1): the diagonal of the coincidences. */
  matching: number;
  counts: [classIndex: number, count: number][];
}

function unitsOf({ rows, answer }: Answers, { start, order }: AnswerIndex): Unit[] {
  const units: Unit[] = [];
  for (let row = 0; row < rows; row++) {
    const all = start[row + 1]! - start[row]!;
    if (all < 2) continue;
    const counts = new Map<number, number>();
    for (let i = start[row]!; i < start[row + 1]!; i++) {
      const k = answer[order[i]!]!;
      counts.set(k, (counts.get(k) ?? 0) + 1);
    }
    let matching = 0;
    for (const count of counts.values()) matching += (count * (count - 1)) / (all - 1);
    units.push({ answers: all, matching, counts: [...counts] });
  }
  return units;
}

/** 1 - observed / expected disagreement; undefined where none is expected. */
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

/** The 2.5 % and 97.5 % points of alpha over images drawn with replacement. */
function bootstrap(units: readonly Unit[], classes: number, value: number): Agreement {
  const random = seededRandom('alpha');
  const draws = Math.max(100, Math.min(1000, Math.round(4e6 / units.length)));
  const found: number[] = [];
  for (let i = 0; i < draws; i++) {
    const drawn = units.map(() => units[random.below(units.length)]!);
    found.push(alphaOf(drawn, classes) ?? value);
  }
  found.sort((a, b) => a - b);
  const at = (share: number) => found[Math.round(share * (draws - 1))]!;
  return { value, low: Math.min(value, at(0.025)), high: Math.max(value, at(0.975)) };
}

/**
 * Krippendorff's alpha for classes (Krippendorff 2011, "Computing Krippendorff's
 * alpha-reliability", nominal data with gaps): 1 is perfect, 0 what chance would give; below 0.667
 * he advises to conclude nothing. Images with one answer do not enter. The interval is a bootstrap
 * over images, the same for the same answers.
 *
 * @returns undefined without an image that two people answered
 * @throws ModelInputError as `indexAnswers`
 */
export function groupAgreement(
  answers: Answers,
  index: AnswerIndex = indexAnswers(answers),
): GroupAgreement | undefined {
  const units = unitsOf(answers, index);
  if (units.length === 0) return undefined;
  let agreed = 0;
  for (const unit of units) agreed += unit.matching / unit.answers;
  const value = alphaOf(units, answers.classes);
  return {
    images: units.length,
    agreed: agreed / units.length,
    alpha: value === undefined ? undefined : bootstrap(units, answers.classes, value),
  };
}

/** How often a person answered as the others did. */
export interface PeerAgreement {
  /** Images where the others had a majority to agree with. */
  images: number;
  /** Of these, those answered like it. */
  agreed: number;
}

/** What the others said of a row most often; undefined where they are few or divided. */
function othersSay({ answer }: Answers, mine: Int32Array, own: number): number | undefined {
  const votes = new Map<number, number>();
  for (const at of mine) if (at !== own) votes.set(answer[at]!, (votes.get(answer[at]!) ?? 0) + 1);
  const most = Math.max(0, ...votes.values());
  const leaders = [...votes].filter(([, count]) => count === most);
  return leaders.length === 1 ? leaders[0]![0] : undefined;
}

/**
 * Each annotator against the majority of the others, who are not influenced by the annotator's own
 * answer; images where the others are divided do not count. Errors as `indexAnswers`.
 */
export function peerAgreements(
  answers: Answers,
  index: AnswerIndex = indexAnswers(answers),
): PeerAgreement[] {
  const found = Array.from({ length: answers.annotators }, () => ({ images: 0, agreed: 0 }));
  for (let row = 0; row < answers.rows; row++) {
    const mine = index.order.subarray(index.start[row], index.start[row + 1]);
    for (const at of mine) {
      const others = othersSay(answers, mine, at);
      if (others === undefined) continue;
      const person = found[answers.annotator[at]!]!;
      person.images++;
      if (answers.answer[at] === others) person.agreed++;
    }
  }
  return found;
}

/** A difference of two shares from two samples, -1 to 1, with its 95 % interval. */
export interface ShareDifference {
  value: number;
  low: number;
  high: number;
}

/**
 * The difference of two independent shares, its interval put together from theirs (Newcombe 1998,
 * "Interval estimation for the difference between independent proportions", with exact intervals).
 *
 * @returns undefined where either sample is empty
 */
export function shareDifference(
  first: { right: number; count: number },
  second: { right: number; count: number },
): ShareDifference | undefined {
  if (first.count === 0 || second.count === 0) return undefined;
  const [p, q] = [first.right / first.count, second.right / second.count];
  const [a, b] = [shareInterval(first.right, first.count), shareInterval(second.right, second.count)]; // prettier-ignore
  const value = p - q;
  return {
    value,
    low: Math.max(-1, value - Math.hypot(p - a.low, b.high - q)),
    high: Math.min(1, value + Math.hypot(a.high - p, q - b.low)),
  };
}
