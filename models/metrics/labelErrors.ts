import { ModelInputError, requireShape } from '../errors';
import { bestClass, requireProbabilities } from '../consensus/answers';

export interface LabelErrorInput {
  /**
   * rows × classes: out of fold, so that no row was judged by a model that saw its label, and not
   * calibrated: a temperature that is fitted to labels of which some are wrong explains those away.
   */
  probabilities: Float32Array;
  /** One per row, 0 to classes - 1. */
  labels: Int32Array;
  classes: number;
  /** 1 where the judging model knew the row's class; by default everywhere. Others are no suspects. */
  known?: Uint8Array | undefined;
}

/** A label that the model would not have given. */
export interface LabelSuspect {
  row: number;
  given: number;
  suggested: number;
  /** Probability that the label is wrong, 0.5 to 1. */
  score: number;
}

export interface LabelErrors {
  /** Likeliest error first. */
  suspects: LabelSuspect[];
  /** Estimated share of wrong labels among the rows judged, 0 to 0.5; 0 without rows. */
  errorShare: number;
  /** What the confident joint alone says of that share: it counts the model's own errors too. */
  jointShare: number;
}

/** Rows with fewer labels of their class are not judged: their model saw next to none of them. */
const minLabelsPerClass = 4;
/** People mix a class up with a handful of others, not with all. */
const confusedWith = 5;
/** The share of errors assumed at first, worth as much as so many rows. */
const firstShare = 0.05;
const priorRows = 10;
const steps = 30;

function requireLabels(labels: Int32Array, classes: number): void {
  const bad = labels.find((label) => label < 0 || label >= classes);
  if (bad !== undefined)
    throw new ModelInputError('VALUE', `Labels: ${bad} is outside 0 to ${classes - 1}`);
}

/** Rows that count: their class was known, and has enough labels. */
function checkedRows({ labels, classes, known }: LabelErrorInput): number[] {
  const counts = new Int32Array(classes);
  for (const label of labels) counts[label]!++;
  return [...labels.keys()].filter(
    (row) => known?.[row] !== 0 && counts[labels[row]!]! >= minLabelsPerClass,
  );
}

/** t_k: the mean probability of k over the rows labelled k; never reached where there are none. */
function thresholds({ probabilities, labels, classes }: LabelErrorInput, rows: readonly number[]) {
  const sums = new Float64Array(classes);
  const counts = new Int32Array(classes);
  for (const row of rows) {
    sums[labels[row]!]! += probabilities[row * classes + labels[row]!]!;
    counts[labels[row]!]!++;
  }
  return sums.map((sum, k) => (counts[k]! > 0 ? sum / counts[k]! : Infinity));
}

/** The class that a row confidently belongs to, or -1: the most probable of those at their threshold. */
function confidentClass(
  { probabilities, classes }: LabelErrorInput,
  row: number,
  limits: Float64Array,
): number {
  let best = -1;
  for (let k = 0; k < classes; k++) {
    const p = probabilities[row * classes + k]!;
    if (p > 0 && p >= limits[k]! && (best < 0 || p > probabilities[row * classes + best]!))
      best = k;
  }
  return best;
}

/** Share of the confident joint off its diagonal, each given class counting by its labels. */
function jointErrors(input: LabelErrorInput, rows: readonly number[]): number {
  const { labels, classes } = input;
  const limits = thresholds(input, rows);
  const [inside, off, given] = [0, 1, 2].map(() => new Float64Array(classes)) as [Float64Array, Float64Array, Float64Array]; // prettier-ignore
  for (const row of rows) {
    const label = labels[row]!;
    given[label]!++;
    const confident = confidentClass(input, row, limits);
    if (confident === label) inside[label]!++;
    else if (confident >= 0) off[label]!++;
  }
  let errors = 0;
  off.forEach((count, k) => (errors += count > 0 ? (given[k]! * count) / (count + inside[k]!) : 0));
  return errors / Math.max(1, rows.length);
}

/** The likeliest class other than the one given, and the margin of the given one over it. */
function rival({ probabilities, labels, classes }: LabelErrorInput, row: number) {
  const given = labels[row]!;
  const said = probabilities.slice(row * classes, (row + 1) * classes);
  const own = said[given]!;
  said[given] = -1;
  const suggested = bestClass(said, 0, classes);
  return { row, given, suggested, margin: own - said[suggested]! };
}

/**
 * For each row the probability that its label is wrong, and their mean, by expectation-maximisation:
 * P(wrong) ∝ ε (1 - p) c against (1 - ε) p, where p is the model's probability of the label and c
 * the chance that a mistake lands on just this class.
 */
function wrongness(given: readonly number[], classes: number): { wrong: number[]; share: number } {
  const lands = 1 / Math.min(confusedWith, classes - 1);
  let share = firstShare;
  let wrong: number[] = [];
  for (let i = 0; i < steps; i++) {
    wrong = given.map((p) => {
      const mistaken = share * Math.max(0, 1 - p) * lands;
      return mistaken / (mistaken + (1 - share) * p + 1e-9);
    });
    const sum = wrong.reduce((total, value) => total + value, 0);
    share = Math.min(0.5, (sum + priorRows * firstShare) / (given.length + priorRows));
  }
  return { wrong, share };
}

/**
 * Labels that are probably wrong, by confident learning (Northcutt, Jiang & Chuang 2021) on
 * out-of-fold predictions: a row whose given class has a negative margin is a candidate. The paper
 * prunes as many as its joint of given and true classes says; with few labels per class the model's
 * own errors swell that joint (0.17 for 0.05 planted on 1,500 labels of 101 classes, a third of the
 * suspects real). So candidates are kept where the posterior of an error is above a half, which
 * marks half as many and ranks them better; the joint's share is reported beside it. With 5 %
 * planted, the head's own softmax found 78 % on 1,500 labels of 101 classes (68 % of the suspects
 * real) and 86 % on 108 labels of 6 (90 %), and suspected nothing where nothing was planted; the
 * calibrated one found 82 and 36 %, and suspected 20 of 1,500 right labels. Rows whose class has
 * under four labels, or was unknown to their model, are not judged.
 *
 * @throws ModelInputError `SHAPE`, `VALUE` or `TOO_FEW_CLASSES` (fewer than two classes)
 */
export function findLabelErrors(input: LabelErrorInput): LabelErrors {
  const { probabilities, labels, classes, known } = input;
  if (classes < 2)
    throw new ModelInputError('TOO_FEW_CLASSES', `Label errors need 2 classes, got ${classes}`);
  requireProbabilities(probabilities, labels.length, classes);
  requireLabels(labels, classes);
  if (known) requireShape('Known', known, labels.length);
  const rows = checkedRows(input);
  if (rows.length === 0) return { suspects: [], errorShare: 0, jointShare: 0 };
  const own = rows.map((row) => probabilities[row * classes + labels[row]!]!);
  const { wrong, share } = wrongness(own, classes);
  const suspects = rows
    .map((row, at) => ({ ...rival(input, row), score: wrong[at]! }))
    .filter(({ margin, score }) => margin < 0 && score > 0.5)
    .sort((a, b) => b.score - a.score || a.row - b.row)
    .map(({ row, given, suggested, score }) => ({ row, given, suggested, score }));
  return { suspects, errorShare: share, jointShare: jointErrors(input, rows) };
}
