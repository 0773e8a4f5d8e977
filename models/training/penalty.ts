import { fitTemperature } from '../metrics/temperature';
import {
  crossValidate,
  defaultFolds,
  type CrossValidation,
  type CrossValidationInput,
  type FoldHead,
} from './crossValidation';
import { headDefaults } from './head';
import { logLoss, softmaxRows } from './logits';

/**
 * The L2 penalties to choose from, from weak to strong. With correct labels the weak ones are about
 * equally good. The more labels are wrong, the stronger the penalty must be to prevent overfitting.
 */
export const penalties = [1, 10, 100].map((factor) => factor * headDefaults.l2);

/** A chosen penalty, and the number of labels at that time. */
export interface Penalty {
  l2: number;
  labels: number;
}

export type ChoosePenaltyInput = Omit<CrossValidationInput, 'l2' | 'evaluatedFolds' | 'renew'> & {
  /** The previous choice, which the search starts from. */
  chosen?: Penalty | undefined;
};

/**
 * Target number of held-out labels to evaluate. With more labels, only some folds are evaluated.
 */
const targetHeldOut = 250;
/** Minimum number of held-out labels of known classes. Fewer are too few to compare penalties. */
const minHeldOut = 75;
/** A new choice is due at this multiple of the labels. More frequent choices would not pay off. */
const dueGrowth = 2;
/** Fit tolerance. It is ten times finer than the differences between penalties. */
const tolerance = 5e-3;

/** Checks whether the labels have doubled since the last choice, or there is no choice yet. */
export const isPenaltyChoiceDue = (chosen: Penalty | undefined, rows: number): boolean =>
  !chosen || rows >= dueGrowth * chosen.labels;

/**
 * Chooses a head's L2 penalty by cross-validation. It moves from the current penalty to its
 * neighbours as long as the loss of held-out labels falls by more than the standard error of the
 * difference. Each penalty is evaluated at its own temperature, because a strongly penalised head
 * is correct as often but less confident.
 *
 * @returns the previous choice if there are not yet twice as many labels, or too few held-out
 *   labels
 * @throws ModelInputError as `fitHead`; an `AbortError` when the signal fires
 */
export async function choosePenalty(input: ChoosePenaltyInput): Promise<Penalty | undefined> {
  const { rows, chosen } = input;
  if (!isPenaltyChoiceDue(chosen, rows)) return chosen;
  const search = new PenaltySearch(input);
  const start = nearestPenalty(chosen?.l2 ?? headDefaults.l2);
  let index = start;
  for (const step of [1, -1])
    while (index !== start - step && (await search.isBetter(index + step, index))) index += step;
  return search.hasResult ? { l2: penalties[index]!, labels: rows } : chosen;
}

/** Compares penalties by their out-of-fold losses. */
class PenaltySearch {
  private readonly losses = new Map<number, Float64Array | undefined>();
  private heads: readonly FoldHead[] | undefined;
  private readonly evaluatedFolds: number;

  constructor(private readonly input: ChoosePenaltyInput) {
    const { rows, folds = defaultFolds, warmStarts } = input;
    // A fit removes the curvature pairs of its warm start. The caller's heads keep theirs.
    this.heads = warmStarts?.map((head) => ({ ...head, curvature: [] }));
    this.evaluatedFolds = Math.max(1, Math.min(folds, Math.round((targetHeldOut * folds) / rows)));
  }

  /** Whether any penalty could be evaluated. */
  get hasResult(): boolean {
    return [...this.losses.values()].some((losses) => losses !== undefined);
  }

  /** Checks whether a penalty is significantly better than the current one. Both are indices. */
  async isBetter(candidate: number, current: number): Promise<boolean> {
    if (penalties[candidate] === undefined) return false;
    const [currentLosses, candidateLosses] = [
      await this.lossesAt(current),
      await this.lossesAt(candidate),
    ];
    if (!currentLosses || !candidateLosses) return false;
    const gains = currentLosses.map((loss, index) => loss - candidateLosses[index]!);
    const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
    const squares = gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0);
    return mean > Math.sqrt(squares) / gains.length;
  }

  private async lossesAt(index: number): Promise<Float64Array | undefined> {
    if (!this.losses.has(index))
      this.losses.set(index, await this.measureLosses(penalties[index]!));
    return this.losses.get(index);
  }

  private async measureLosses(l2: number): Promise<Float64Array | undefined> {
    const { input, evaluatedFolds, heads: warmStarts } = this;
    const crossValidation = await crossValidate({
      tolerance,
      ...input,
      l2,
      evaluatedFolds,
      warmStarts,
    });
    this.heads = crossValidation?.heads;
    return crossValidation && lossesOf(crossValidation, input);
  }
}

function nearestPenalty(l2: number): number {
  const distance = (index: number) => Math.abs(Math.log(penalties[index]! / l2));
  return [...penalties.keys()].reduce((a, b) => (distance(b) < distance(a) ? b : a));
}

/** Computes the losses in nats of held-out labels whose classes the heads knew. */
function lossesOf(
  { logits, known }: CrossValidation,
  { rows, classes, labels }: ChoosePenaltyInput,
): Float64Array | undefined {
  const knownLabels = labels.map((label, row) => (known[row] ? label : -1));
  const { temperature } = fitTemperature({ logits, rows, classes, labels: knownLabels });
  const probabilities = softmaxRows(logits, classes, temperature);
  const evaluatedRows = [...knownLabels.keys()].filter((row) => knownLabels[row]! >= 0);
  if (evaluatedRows.length < minHeldOut) return undefined;
  return Float64Array.from(evaluatedRows, (row) =>
    logLoss(probabilities[row * classes + knownLabels[row]!]!),
  );
}
