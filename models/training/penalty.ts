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
 * The penalties there are to choose from. Where labels are right, the first three do about equally
 * well; the more of them are wrong, the stronger a penalty keeps a head from learning them by heart.
 */
export const penalties = [1, 10, 100].map((factor) => factor * headDefaults.l2);

/** What was chosen, and by how many labels. */
export interface Penalty {
  l2: number;
  labels: number;
}

export type ChoosePenaltyInput = Omit<CrossValidationInput, 'l2' | 'judged' | 'renew'> & {
  /** The choice so far: where to begin. */
  chosen?: Penalty | undefined;
};

/** Labels that are left out and judged: of more of them, only some folds are. */
const targetHeldOut = 250;
/** Fewer say too little; of many classes, labels have to be more until heads know the class of so many. */
const minHeldOut = 75;
/** With twice as many labels another penalty may suit them better; looking more often would cost more than it finds. */
const growth = 2;
/** Of the losses that are compared: an order of magnitude finer than what tells penalties apart. */
const tolerance = 5e-3;

/** Whether labels have doubled since the last choice, or none was made yet. */
export const isPenaltyChoiceDue = (chosen: Penalty | undefined, rows: number): boolean =>
  !chosen || rows >= growth * chosen.labels;

/**
 * Chooses the strength of a head's L2 penalty by cross-validation on the labels at hand: from the
 * present one to its neighbours, as long as labels that were left out become likelier by more than
 * the standard error of the difference. Each penalty is judged at its own temperature, since a head
 * that is held back is right as often but less sure.
 *
 * @returns the choice so far until there are twice as many labels, or where too few to leave any out
 * @throws ModelInputError as `fitHead`; an `AbortError` when the signal fires
 */
export async function choosePenalty(input: ChoosePenaltyInput): Promise<Penalty | undefined> {
  const { rows, chosen } = input;
  if (!isPenaltyChoiceDue(chosen, rows)) return chosen;
  const search = new PenaltySearch(input);
  const start = nearest(chosen?.l2 ?? headDefaults.l2);
  let place = start;
  for (const step of [1, -1])
    while (place !== start - step && (await search.isBetter(place + step, place))) place += step;
  return search.canTell ? { l2: penalties[place]!, labels: rows } : chosen;
}

/** How likely labels are to heads of one penalty or another that never saw them. */
class PenaltySearch {
  private readonly losses = new Map<number, Float64Array | undefined>();
  private heads: readonly FoldHead[] | undefined;
  private readonly evaluatedFolds: number;

  constructor(private readonly input: ChoosePenaltyInput) {
    const { rows, folds = defaultFolds, warmStarts } = input;
    // Fits use up what their start knew of the curvature; the caller's heads keep theirs.
    this.heads = warmStarts?.map((head) => ({ ...head, curvature: [] }));
    this.evaluatedFolds = Math.max(1, Math.min(folds, Math.round((targetHeldOut * folds) / rows)));
  }

  /** Whether any labels could be left out so far. */
  get canTell(): boolean {
    return [...this.losses.values()].some((losses) => losses !== undefined);
  }

  async isBetter(place: number, than: number): Promise<boolean> {
    if (penalties[place] === undefined) return false;
    const [before, after] = [await this.lossesAt(than), await this.lossesAt(place)];
    if (!before || !after) return false;
    const gains = before.map((loss, at) => loss - after[at]!);
    const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
    const squares = gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0);
    return mean > Math.sqrt(squares) / gains.length;
  }

  private async lossesAt(place: number): Promise<Float64Array | undefined> {
    if (!this.losses.has(place)) this.losses.set(place, await this.measure(penalties[place]!));
    return this.losses.get(place);
  }

  private async measure(l2: number): Promise<Float64Array | undefined> {
    const { input, evaluatedFolds, heads: warmStarts } = this;
    const fit = await crossValidate({ tolerance, ...input, l2, evaluatedFolds, warmStarts });
    this.heads = fit?.heads;
    return fit && lossesOf(fit, input);
  }
}

function nearest(l2: number): number {
  const distance = (place: number) => Math.abs(Math.log(penalties[place]! / l2));
  return [...penalties.keys()].reduce((a, b) => (distance(b) < distance(a) ? b : a));
}

/** In nats, of the labels that were left out and whose classes the heads knew. */
function lossesOf(
  { logits, known }: CrossValidation,
  { rows, classes, labels }: ChoosePenaltyInput,
): Float64Array | undefined {
  const knownLabels = labels.map((label, row) => (known[row] ? label : -1));
  const { temperature } = fitTemperature({ logits, rows, classes, labels: knownLabels });
  const probabilities = softmaxRows(logits, classes, temperature);
  const own = [...knownLabels.keys()].filter((row) => knownLabels[row]! >= 0);
  if (own.length < minHeldOut) return undefined;
  return Float64Array.from(own, (row) =>
    logLoss(probabilities[row * classes + knownLabels[row]!]!),
  );
}
