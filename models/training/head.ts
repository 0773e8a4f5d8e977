import { ModelInputError, requireShape, throwIfAborted } from '../errors';
import { columnMeans } from '../numeric/features';
import { scaleInPlace } from '../numeric/vectors';
import { minimise, type CurvaturePair, type Progress } from './lbfgs';
import { SoftmaxGraph } from './softmaxGraph';

/** A linear classifier on features: logits = features · weights + bias. */
export interface Head {
  /** dimensions × classes, row-major. */
  weights: Float32Array;
  /** One per class. */
  bias: Float32Array;
}

export interface FitProgress {
  iteration: number;
  loss: number;
  /** Share of the training rows that the head gets right. */
  accuracy: number;
  /** 0 to 1: how far the bound on the remaining gap has come down, on a logarithmic scale. */
  progress: number;
}

export interface FitHeadInput {
  /** rows × dimensions, row-major, normalised (`normaliseFeatures`). */
  features: Float32Array;
  rows: number;
  dimensions: number;
  /** One per row, 0 to classes - 1. */
  labels: Int32Array;
  classes: number;
  /** Strength of the penalty on the weights, default 0.0012. */
  l2?: number | undefined;
  /** Strength of the penalty on the spread of logits within a class, default 0.006. */
  withinClassScatter?: number;
  /** Whether rare classes count as much as frequent ones; by default every row counts the same. */
  balanced?: boolean;
  /** What each row counts for, 0 or more; by default all count the same. Only ratios matter. */
  rowWeights?: Float32Array | undefined;
  /** Where to begin; a fitted head of as many classes brings what it learnt of the curvature too. */
  warmStart?: (Head & { curvature?: CurvaturePair[] }) | undefined;
  maxIterations?: number;
  /** Relative gap to the optimum at which to stop, default 1e-3. */
  tolerance?: number;
  /** ONNX Runtime threads; by default its own choice. */
  threads?: number | undefined;
  signal?: AbortSignal | undefined;
  onIteration?: ((progress: FitProgress) => void) | undefined;
}

export interface FittedHead extends Head {
  /** Value of the objective: mean cross-entropy in nats plus the penalty. */
  loss: number;
  iterations: number;
  /** Passes over the features: iterations and the trials of their line searches. */
  evaluations: number;
  trainAccuracy: number;
  /** What the search knew of the objective in the end. The next fit that starts here takes it over. */
  curvature: CurvaturePair[];
}

/** Strengths chosen on validation parts of Caltech-101 (docs/decisions/0008); flat by a factor 2. */
export const headDefaults = { l2: 0.0012, withinClassScatter: 0.006 } as const;
const defaultTolerance = 1e-3;
const stallWindow = 5;
/** Near the optimum the gap that is left is about the fall of five steps. */
const stallShare = 1.5;
/**
 * The search's bias variable is the bias over this. Its curvature is that of one feature and not of
 * a thousand, so steps that suit the weights are too short for it: a quarter of the steps is saved.
 */
const biasUnit = Math.sqrt(10);

function requireFinite(means: Float64Array): void {
  const column = means.findIndex((mean) => !Number.isFinite(mean));
  if (column >= 0)
    throw new ModelInputError(
      'VALUE',
      `Features: column ${column} holds a value that is not finite`,
    );
}

function requireLabels({ labels, classes }: FitHeadInput): void {
  const seen = new Set<number>();
  for (const label of labels) {
    if (label < 0 || label >= classes)
      throw new ModelInputError('VALUE', `Labels: ${label} is outside 0 to ${classes - 1}`);
    seen.add(label);
  }
  if (seen.size < 2)
    throw new ModelInputError(
      'TOO_FEW_CLASSES',
      `A head needs labels of at least 2 classes, got ${seen.size}`,
    );
}

function requireWeights({ rowWeights, rows }: FitHeadInput): void {
  if (!rowWeights) return;
  requireShape('Row weights', rowWeights, rows);
  const bad = rowWeights.findIndex((weight) => !(weight >= 0 && weight < Infinity));
  if (bad >= 0 || !rowWeights.some((weight) => weight > 0))
    throw new ModelInputError(
      'VALUE',
      bad >= 0
        ? `Row weights: row ${bad} has ${rowWeights[bad]}; weights are 0 or more`
        : 'Row weights: all are 0, so there is nothing to learn from',
    );
}

function requireInput(input: FitHeadInput): void {
  const { features, rows, dimensions, labels, classes, warmStart } = input;
  requireShape('Features', features, rows, dimensions);
  requireShape('Labels', labels, rows);
  if (warmStart) requireShape('Warm start weights', warmStart.weights, dimensions, classes);
  if (warmStart) requireShape('Warm start bias', warmStart.bias, classes);
  requireLabels(input);
  requireWeights(input);
}

/** Adds `sign` · meansᵀ · weights to a bias: between raw and centred features. */
function shiftBias(bias: Float32Array, weights: Float32Array, means: Float64Array, sign: 1 | -1) {
  const shift = new Float64Array(bias.length);
  for (let j = 0, at = 0; j < means.length; j++)
    for (let k = 0; k < bias.length; k++, at++) shift[k]! += means[j]! * weights[at]!;
  for (let k = 0; k < bias.length; k++) bias[k]! += sign * shift[k]!;
}

/** Completes the gradient for centred features and the penalty; returns Σ weights². */
function finishGradient(
  dWeights: Float32Array,
  dBias: Float32Array,
  weights: Float32Array,
  means: Float64Array,
  l2: number,
): number {
  const classes = dBias.length;
  let squares = 0;
  for (let j = 0, at = 0; j < means.length; j++) {
    const mean = means[j]!;
    for (let k = 0; k < classes; k++, at++) {
      const weight = weights[at]!;
      squares += weight * weight;
      dWeights[at]! += l2 * weight - mean * dBias[k]!;
    }
  }
  return squares;
}

/**
 * Stops when the gap to the optimum is provably small: the penalised objective is l2-strongly
 * convex in the weights, so value - optimum ≤ |gradient|² / (2 · l2) (Boyd & Vandenberghe, Convex
 * Optimization, 9.9). A search that no longer gains stops too, which covers a penalty of zero.
 */
function stoppingRule(l2: number, tolerance: number) {
  const values: number[] = [];
  let firstGap = 0;
  return ({ value, gradientNorm }: Progress): { done: boolean; progress: number } => {
    const gap = gradientNorm ** 2 / (2 * Math.max(l2, 1e-12) * Math.max(Math.abs(value), 1e-12));
    firstGap ||= gap;
    values.push(value);
    const before = values.at(-1 - stallWindow);
    const stalled =
      before !== undefined && before - value <= stallShare * tolerance * Math.abs(value);
    const done = gap <= tolerance || stalled;
    const span = Math.log(firstGap / tolerance);
    const share = span > 0 ? Math.log(firstGap / Math.max(gap, tolerance)) / span : 1;
    return { done, progress: done ? 1 : Math.min(0.99, Math.max(0, share)) };
  };
}

/** Weights first, then the bias for centred features in units of the search. */
function startingPoint(warm: Head | undefined, classes: number, means: Float64Array): Float32Array {
  const size = means.length * classes;
  const start = new Float32Array(size + classes);
  if (!warm) return start;
  start.set(warm.weights);
  start.set(warm.bias, size);
  const bias = start.subarray(size);
  shiftBias(bias, warm.weights, means, 1);
  scaleInPlace(bias, 1 / biasUnit);
  return start;
}

async function descend(input: FitHeadInput, graph: SoftmaxGraph): Promise<FittedHead> {
  const { features, rows, dimensions, classes, l2 = headDefaults.l2, signal } = input;
  const means = columnMeans(features, rows, dimensions);
  requireFinite(means);
  const size = dimensions * classes;
  const bias = new Float32Array(classes);
  const readBias = (point: Float32Array) => {
    bias.set(point.subarray(size));
    scaleInPlace(bias, biasUnit);
  };
  let [accuracy, evaluations, reached, trainAccuracy] = [0, 0, 0, 0];
  const objective = async (point: Float32Array, gradient: Float32Array): Promise<number> => {
    throwIfAborted(signal);
    const weights = point.subarray(0, size);
    const dWeights = gradient.subarray(0, size);
    const dBias = gradient.subarray(size);
    readBias(point);
    shiftBias(bias, weights, means, -1);
    const step = await graph.step(weights, bias, dWeights, dBias);
    throwIfAborted(signal);
    ({ accuracy } = step);
    evaluations++;
    const squares = finishGradient(dWeights, dBias, weights, means, l2);
    scaleInPlace(dBias, biasUnit);
    return step.loss + step.withinClassScatter / 2 + (l2 / 2) * squares;
  };
  const rule = stoppingRule(l2, input.tolerance ?? defaultTolerance);
  const { point, value, iterations, pairs } = await minimise(
    objective,
    startingPoint(input.warmStart, classes, means),
    {
      maxIterations: input.maxIterations ?? 300,
      pairs: input.warmStart?.curvature?.splice(0),
      onStep: (at) => {
        const { done, progress } = rule(at);
        reached = Math.max(reached, progress);
        trainAccuracy = accuracy;
        const { iteration, value: loss } = at;
        input.onIteration?.({ iteration, loss, accuracy, progress: reached });
        return done;
      },
    },
  );
  const weights = point.slice(0, size);
  readBias(point);
  shiftBias(bias, weights, means, -1);
  return {
    weights,
    bias,
    loss: value,
    iterations,
    evaluations,
    trainAccuracy,
    curvature: pairs,
  };
}

/**
 * Fits softmax regression by L-BFGS, its matrix products in ONNX Runtime.
 *
 * The objective is `mean cross-entropy + l2/2 · Σ weights² + spread/2 · mean |z - c|²`, where z are
 * a row's logits, c those of its class's mean row, and the last mean is taken within each class and
 * then over the classes; the bias is unpenalised. The last term weighs
 * directions by how much a class varies along them, as Fisher's discriminant does (1936), without
 * ever forming the scatter matrix: it is what takes a penalty of plain L2 from 0.946 to 0.951 on
 * Caltech-101 (docs/decisions/0008). The defaults suit features of length 20.
 *
 * The search runs on centred features, which changes neither the objective nor the result and
 * needs half the steps: embeddings are averages of rectified values, so their mean is by far their
 * largest direction. Every step gives way to the event loop; `signal` ends the fit within one step.
 *
 * @throws ModelInputError `SHAPE` (with both shapes), `VALUE` (a label outside the classes, a
 *   feature that is NaN or infinite) or `TOO_FEW_CLASSES` (labels of one class only)
 * @throws an `AbortError` when the signal fires
 */
export async function fitHead(input: FitHeadInput): Promise<FittedHead> {
  throwIfAborted(input.signal);
  requireInput(input);
  const graph = await SoftmaxGraph.open({
    ...input,
    withinClassScatter: input.withinClassScatter ?? headDefaults.withinClassScatter,
    balanced: input.balanced ?? false,
    threads: input.threads,
  });
  try {
    return await descend(input, graph);
  } finally {
    await graph.release();
  }
}
