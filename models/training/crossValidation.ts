import { ModelInputError } from '../errors';
import { hashText } from '../numeric/random';
import { fitHead, headDefaults, type FitHeadInput, type FittedHead } from './head';
import { headLogits } from './logits';

export interface CrossValidationInput extends Omit<FitHeadInput, 'warmStart' | 'onIteration'> {
  /**
   * What identifies each row from one call to the next, for example its image's ordinal: it decides
   * the row's fold, so a fold's head never sees what is held out of it, in this call or a later one.
   */
  keys: Int32Array;
  seed: string;
  /** Default 5. */
  folds?: number;
  /** How many of the folds are judged, by default all; `known` is 0 for rows of the others. */
  evaluatedFolds?: number;
  /**
   * Rows that a fold's head learns from beside the labels it keeps, as the published head does:
   * given the kept rows, none of which is held out.
   */
  pseudoLabels?: ((kept: readonly number[]) => Promise<PseudoLabelledRows | undefined>) | undefined;
  /** The folds' heads of an earlier call with the same seed and classes: where to begin. */
  warmStarts?: readonly FoldHead[] | undefined;
  /**
   * Which folds' heads are fitted anew; all by default. `oldest`: one, and those that know less than
   * nine tenths of the labels they could or had another penalty; the others judge as they are, and
   * never saw what they judge.
   */
  renew?: 'all' | 'oldest';
}

/** A head that never saw its fold. */
export interface FoldHead extends FittedHead {
  /** How many labels it was fitted on. */
  fittedOn: number;
  /** The classes among them. */
  seen: readonly number[];
  /** The penalty it was fitted with. */
  l2: number;
}

/** Rows with a class that nobody gave them, and what each counts beside a label's 1. */
export interface PseudoLabelledRows {
  features: Float32Array;
  labels: Int32Array;
  weights: Float32Array;
}

export interface CrossValidation {
  /** rows × classes: each row's logits by a head that was fitted without it. */
  logits: Float32Array;
  /** 1 where that head knew the row's class; elsewhere a wrong answer says nothing of the method. */
  known: Uint8Array;
  /** One per judged fold, for the next call. */
  heads: FoldHead[];
}

export const defaultFolds = 5;
/** Share of the labels it could know that a head must know to judge on. */
const minFreshShare = 0.9;

/** The fold of a row, the same for ever. */
export const foldOf = (seed: string, key: number, folds = defaultFolds): number =>
  hashText(`${seed} fold ${key}`) % folds;

function gatherRows(
  { features, dimensions, labels }: CrossValidationInput,
  rows: readonly number[],
) {
  const taken = new Float32Array(rows.length * dimensions);
  rows.forEach((row, at) =>
    taken.set(features.subarray(row * dimensions, (row + 1) * dimensions), at * dimensions),
  );
  return { features: taken, labels: Int32Array.from(rows, (row) => labels[row]!) };
}

/** Labelled rows first, lent ones behind them. */
export function appendPseudoLabels(
  kept: { features: Float32Array; labels: Int32Array },
  pseudo: PseudoLabelledRows,
) {
  const features = new Float32Array(kept.features.length + pseudo.features.length);
  features.set(kept.features);
  features.set(pseudo.features, kept.features.length);
  const rowWeights = new Float32Array(kept.labels.length + pseudo.labels.length).fill(1);
  rowWeights.set(pseudo.weights, kept.labels.length);
  return { features, labels: Int32Array.from([...kept.labels, ...pseudo.labels]), rowWeights };
}

/**
 * Predicts every labelled row by a head that never saw it (cross-fitting, Stone 1974): what the
 * method gets right on images like these. Rows are assigned to folds by hashing their keys, so heads
 * of an earlier call are honest places to begin.
 *
 * @returns undefined where a fold would leave fewer than two classes to learn from
 * @throws ModelInputError as `fitHead`; an `AbortError` when the signal fires
 */
export async function crossValidate(
  input: CrossValidationInput,
): Promise<CrossValidation | undefined> {
  const { keys, rows, labels, classes, dimensions, seed, folds = defaultFolds } = input;
  if (keys.length !== rows)
    throw new ModelInputError('SHAPE', `Keys: expected [${rows}], got [${keys.length}]`);
  const foldsOfRows = Array.from(keys, (key) => foldOf(seed, key, folds));
  const rowsOf = (fold: number, held: boolean): number[] =>
    foldsOfRows.flatMap((of, row) => ((of === fold) === held ? [row] : []));
  const kept = Array.from({ length: folds }, (_, fold) => rowsOf(fold, false));
  if (kept.some((own) => new Set(own.map((row) => labels[row]!)).size < 2)) return undefined;
  const isStale = staleFolds(input, kept);
  const evaluatedFolds = Math.min(folds, input.evaluatedFolds ?? folds);
  const logits = new Float32Array(rows * classes);
  const known = new Uint8Array(rows);
  const heads: FoldHead[] = [];
  for (let fold = 0; fold < evaluatedFolds; fold++) {
    const before = input.warmStarts?.[fold];
    const head = before && !isStale(fold) ? before : await fitFold(input, kept[fold]!, before);
    heads.push(head);
    const held = rowsOf(fold, true);
    const seen = new Set(head.seen);
    const found = await headLogits(head, gatherRows(input, held).features, held.length, dimensions);
    held.forEach((row, at) => {
      logits.set(found.subarray(at * classes, (at + 1) * classes), row * classes);
      known[row] = seen.has(labels[row]!) ? 1 : 0;
    });
  }
  return { logits, known, heads };
}

function staleFolds({ warmStarts, renew, l2 }: CrossValidationInput, kept: readonly number[][]) {
  const share = kept.map((rows, fold) => (warmStarts?.[fold]?.fittedOn ?? 0) / rows.length);
  const oldest = share.indexOf(Math.min(...share));
  const isOther = (fold: number) => warmStarts?.[fold]?.l2 !== (l2 ?? headDefaults.l2);
  return (fold: number) =>
    renew !== 'oldest' || fold === oldest || share[fold]! < minFreshShare || isOther(fold);
}

async function fitFold(
  input: CrossValidationInput,
  rows: readonly number[],
  warmStart: FoldHead | undefined,
): Promise<FoldHead> {
  const kept = gatherRows(input, rows);
  const pseudo = await input.pseudoLabels?.(rows);
  const training = pseudo ? appendPseudoLabels(kept, pseudo) : kept;
  const head = await fitHead({ ...input, ...training, rows: training.labels.length, warmStart });
  const { l2 = headDefaults.l2 } = input;
  return { ...head, fittedOn: rows.length, seen: [...new Set(kept.labels)], l2 };
}
