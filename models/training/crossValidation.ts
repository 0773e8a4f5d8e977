import { ModelInputError } from '../errors';
import { hashText } from '../numeric/random';
import { fitHead, headDefaults, type FitHeadInput, type FittedHead } from './head';
import { headLogits } from './logits';

export interface CrossValidationInput extends Omit<FitHeadInput, 'warmStart' | 'onIteration'> {
  /**
   * A stable key of each row, for example its image's ordinal. The key decides the row's fold, so a
   * fold's head never sees its held-out rows, in this call or a later one.
   */
  keys: Int32Array;
  seed: string;
  /** Number of folds, default 5. */
  folds?: number;
  /** Number of folds to evaluate, by default all. `known` is 0 for rows of the other folds. */
  evaluatedFolds?: number;
  /**
   * Returns pseudo-labelled rows that a fold's head also trains on, as the published head does. The
   * training rows of the fold are passed; none of them is held out.
   */
  pseudoLabels?:
    ((trainingRows: readonly number[]) => Promise<PseudoLabelledRows | undefined>) | undefined;
  /** Warm starts: the heads of an earlier call with the same seed and classes. */
  warmStarts?: readonly FoldHead[] | undefined;
  /**
   * Which folds' heads are fitted again; all by default. `oldest`: the one with the smallest share
   * of its training labels, and those that were fitted on less than 90 % of them or with another
   * penalty. The other heads are reused. They are still out of fold.
   */
  renew?: 'all' | 'oldest';
}

/** A head that was fitted without its fold. */
export interface FoldHead extends FittedHead {
  /** Number of labels in the fit. */
  labelCount: number;
  /** Classes in the fit. */
  classesSeen: readonly number[];
  /** Penalty of the fit. */
  l2: number;
}

/** Rows with pseudo-labels. */
export interface PseudoLabelledRows {
  /** rows × dimensions. */
  features: Float32Array;
  labels: Int32Array;
  /** Weight of each row. A label by an annotator has weight 1. */
  weights: Float32Array;
}

/** The result of a cross-validation. */
export interface CrossValidation {
  /** rows × classes: the out-of-fold logits of each row. */
  logits: Float32Array;
  /** 1 if the head knew the row's class. A row with 0 does not measure the method. */
  known: Uint8Array;
  /** The head of each evaluated fold, for the next call. */
  heads: FoldHead[];
}

export const defaultFolds = 5;
/** Minimum share of its training labels that a reused head was fitted on. */
const minFittedShare = 0.9;

/** Computes the fold of a row from its key. It never changes. */
export const foldOf = (seed: string, key: number, folds = defaultFolds): number =>
  hashText(`${seed} fold ${key}`) % folds;

function gatherRows(
  { features, dimensions, labels }: CrossValidationInput,
  rows: readonly number[],
) {
  const gathered = new Float32Array(rows.length * dimensions);
  rows.forEach((row, index) =>
    gathered.set(features.subarray(row * dimensions, (row + 1) * dimensions), index * dimensions),
  );
  return { features: gathered, labels: Int32Array.from(rows, (row) => labels[row]!) };
}

/** Joins labelled rows, with weight 1, and pseudo-labelled rows after them. */
export function appendPseudoLabels(
  labelled: { features: Float32Array; labels: Int32Array },
  pseudo: PseudoLabelledRows,
) {
  const features = new Float32Array(labelled.features.length + pseudo.features.length);
  features.set(labelled.features);
  features.set(pseudo.features, labelled.features.length);
  const rowWeights = new Float32Array(labelled.labels.length + pseudo.labels.length).fill(1);
  rowWeights.set(pseudo.weights, labelled.labels.length);
  return { features, labels: Int32Array.from([...labelled.labels, ...pseudo.labels]), rowWeights };
}

/**
 * Predicts every labelled row out of fold, by a head that was fitted without it (cross-validation,
 * Stone 1974). This measures the method on images like these. Rows are assigned to folds by hashing
 * their keys, so heads of an earlier call can be warm starts without leaking labels.
 *
 * @returns undefined if a fold would leave fewer than two classes to train on
 * @throws ModelInputError as `fitHead`; an `AbortError` when the signal fires
 */
export async function crossValidate(
  input: CrossValidationInput,
): Promise<CrossValidation | undefined> {
  const { keys, rows, labels, classes, dimensions, seed, folds = defaultFolds } = input;
  if (keys.length !== rows)
    throw new ModelInputError('SHAPE', `Keys: expected [${rows}], got [${keys.length}]`);
  const foldsOfRows = Array.from(keys, (key) => foldOf(seed, key, folds));
  const rowsOf = (fold: number, heldOut: boolean): number[] =>
    foldsOfRows.flatMap((foldOfRow, row) => ((foldOfRow === fold) === heldOut ? [row] : []));
  const trainingRows = Array.from({ length: folds }, (_, fold) => rowsOf(fold, false));
  if (trainingRows.some((rows) => new Set(rows.map((row) => labels[row]!)).size < 2))
    return undefined;
  const isStale = staleFolds(input, trainingRows);
  const evaluatedFolds = Math.min(folds, input.evaluatedFolds ?? folds);
  const logits = new Float32Array(rows * classes);
  const known = new Uint8Array(rows);
  const heads: FoldHead[] = [];
  for (let fold = 0; fold < evaluatedFolds; fold++) {
    const previous = input.warmStarts?.[fold];
    const head =
      previous && !isStale(fold) ? previous : await fitFold(input, trainingRows[fold]!, previous);
    heads.push(head);
    const heldOut = rowsOf(fold, true);
    const seenClasses = new Set(head.classesSeen);
    const heldOutLogits = await headLogits(
      head,
      gatherRows(input, heldOut).features,
      heldOut.length,
      dimensions,
    );
    heldOut.forEach((row, index) => {
      logits.set(heldOutLogits.subarray(index * classes, (index + 1) * classes), row * classes);
      known[row] = seenClasses.has(labels[row]!) ? 1 : 0;
    });
  }
  return { logits, known, heads };
}

function staleFolds(
  { warmStarts, renew, l2 }: CrossValidationInput,
  trainingRows: readonly number[][],
) {
  const fittedShare = trainingRows.map(
    (rows, fold) => (warmStarts?.[fold]?.labelCount ?? 0) / rows.length,
  );
  const oldest = fittedShare.indexOf(Math.min(...fittedShare));
  const hasOtherPenalty = (fold: number) => warmStarts?.[fold]?.l2 !== (l2 ?? headDefaults.l2);
  return (fold: number) =>
    renew !== 'oldest' ||
    fold === oldest ||
    fittedShare[fold]! < minFittedShare ||
    hasOtherPenalty(fold);
}

async function fitFold(
  input: CrossValidationInput,
  rows: readonly number[],
  warmStart: FoldHead | undefined,
): Promise<FoldHead> {
  const labelled = gatherRows(input, rows);
  const pseudo = await input.pseudoLabels?.(rows);
  const training = pseudo ? appendPseudoLabels(labelled, pseudo) : labelled;
  const head = await fitHead({ ...input, ...training, rows: training.labels.length, warmStart });
  const { l2 = headDefaults.l2 } = input;
  return { ...head, labelCount: rows.length, classesSeen: [...new Set(labelled.labels)], l2 };
}
