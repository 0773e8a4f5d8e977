import { InferenceSession, Tensor } from 'onnxruntime-node';
import { sleepingThreads } from '../engine/sleepingThreads';
import { floatInfo, graphNode } from '../onnx/graphParts';
import { writeOnnxModel } from '../onnx/model';

type StepSizes = Pick<SoftmaxProblem, 'rows' | 'dimensions' | 'classes'> & { weighted: boolean };

/**
 * Builds the graph of one step of softmax regression: the gradient of the mean cross-entropy plus
 * half the within-class scatter, and terms per row. With z the logits of a row and c the mean
 * logits of its class, the scatter is a weighted mean of |z - c|². Its gradient in z is z - c times
 * the row's weight, because the terms through the class means cancel.
 */
function stepModel({ rows, dimensions, classes, weighted }: StepSizes): Uint8Array {
  return writeOnnxModel({
    name: 'softmax-regression-step',
    inputs: [
      floatInfo('x', rows, dimensions),
      floatInfo('w', dimensions, classes),
      floatInfo('b', classes),
      floatInfo('y', rows, classes),
      floatInfo('shares', rows, classes),
      floatInfo('scatterWeights', rows, 1),
      ...(weighted ? [floatInfo('weights', rows, 1)] : []),
      { name: 'labels', type: 'int32', shape: [rows] },
    ],
    outputs: [
      floatInfo('dw', dimensions, classes),
      floatInfo('db', classes),
      floatInfo('labelLogProbability', rows),
      floatInfo('maxLogProbability', rows),
      floatInfo('squaredDistance', rows),
    ],
    initializers: [
      { name: 'rowAxis', shape: [1], data: BigInt64Array.of(0n) },
      { name: 'classAxis', shape: [1], data: BigInt64Array.of(1n) },
    ],
    nodes: [
      graphNode('MatMul', ['x', 'w'], ['xw']),
      graphNode('Add', ['xw', 'b'], ['z']),
      graphNode('LogSoftmax', ['z'], ['l'], { axis: -1 }),
      graphNode('Exp', ['l'], ['p']),
      // Unweighted rows skip the product.
      ...(weighted
        ? [
            graphNode('Sub', ['p', 'y'], ['error']),
            graphNode('Mul', ['error', 'weights'], ['residual']),
          ]
        : [graphNode('Sub', ['p', 'y'], ['residual'])]),
      graphNode('Gemm', ['shares', 'xw'], ['meanLogits'], { transA: 1 }),
      graphNode('Gather', ['meanLogits', 'labels'], ['classMean'], { axis: 0 }),
      graphNode('Sub', ['xw', 'classMean'], ['deviation']),
      graphNode('Mul', ['deviation', 'scatterWeights'], ['scatterGradient']),
      graphNode('Add', ['residual', 'scatterGradient'], ['g']),
      graphNode('ReduceSumSquare', ['deviation'], ['squaredDistance'], { axes: [1], keepdims: 0 }),
      graphNode('Gemm', ['x', 'g'], ['dw'], { transA: 1, alpha: { float: 1 / rows } }),
      graphNode('ReduceMean', ['residual'], ['db'], { axes: [0], keepdims: 0 }),
      graphNode('Mul', ['l', 'y'], ['ly']),
      graphNode('ReduceSum', ['ly', 'classAxis'], ['labelLogProbability'], { keepdims: 0 }),
      graphNode('ReduceMax', ['l'], ['maxLogProbability'], { axes: [1], keepdims: 0 }),
    ],
  });
}

/** A training problem. It stays in memory between steps. */
export interface SoftmaxProblem {
  features: Float32Array;
  rows: number;
  dimensions: number;
  labels: Int32Array;
  classes: number;
  /** Weight of the within-class scatter of logits. Every class counts the same. */
  withinClassScatter: number;
  /** Whether every class counts the same in the cross-entropy, for any number of rows. */
  balanced: boolean;
  /** Weight of each row, 0 or more, not all 0; by default all equal. */
  rowWeights?: Float32Array | undefined;
  threads: number | undefined;
}

/** The result of one step. */
export interface SoftmaxStep {
  /** Mean cross-entropy in nats, weighted where classes are balanced. */
  loss: number;
  /**
   * The scatter weight times the mean squared distance of logits from their class mean, averaged
   * over the classes.
   */
  withinClassScatter: number;
  /** Weighted share of rows whose class is the most probable. A tie of all classes is incorrect. */
  accuracy: number;
}

const isWeighted = ({ balanced, rowWeights }: SoftmaxProblem): boolean =>
  balanced || rowWeights !== undefined;

/**
 * Builds a rows × classes matrix with `value` in the column of each row's label, and zeros
 * elsewhere.
 */
function oneHot(
  { rows, classes, labels }: SoftmaxProblem,
  value: (row: number, label: number) => number,
): Float32Array {
  const out = new Float32Array(rows * classes);
  for (let row = 0; row < rows; row++) {
    const label = labels[row]!;
    out[row * classes + label] = value(row, label);
  }
  return out;
}

/** Scales the row weights to a mean of 1. */
function normalisedRowWeights({ rows, rowWeights }: SoftmaxProblem): Float32Array {
  if (!rowWeights) return new Float32Array(rows).fill(1);
  const total = rowWeights.reduce((sum, weight) => sum + weight, 0);
  return rowWeights.map((weight) => (weight * rows) / total);
}

/** Sums the row weights of each class. */
function classWeights({ classes, labels }: SoftmaxProblem, rowWeights: Float32Array): Float64Array {
  const sums = new Float64Array(classes);
  labels.forEach((label, row) => (sums[label]! += rowWeights[row]!));
  return sums;
}

/** Scales the row weights so that all classes have the same total weight, with a mean of 1. */
function balancedWeights(
  { rows, labels }: SoftmaxProblem,
  rowWeights: Float32Array,
  sums: Float64Array,
): Float32Array {
  const present = sums.filter((sum) => sum > 0).length;
  return rowWeights.map((weight, row) =>
    weight > 0 ? (weight * rows) / (present * sums[labels[row]!]!) : 0,
  );
}

/**
 * Computes steps of softmax regression in ONNX Runtime. Features and labels stay in one tensor
 * each, and results go directly to the caller's arrays, so a step copies nothing.
 */
export class SoftmaxGraph {
  private readonly labelLogProbability: Float32Array;
  private readonly maxLogProbability: Float32Array;
  private readonly squaredDistance: Float32Array;
  private readonly scatterWeights: Float32Array;
  private readonly lossWeights: Float32Array;
  private readonly rowWeights: Float32Array;
  private readonly fixedInputs: Readonly<Record<string, Tensor>>;

  private constructor(
    private readonly session: InferenceSession,
    private readonly problem: SoftmaxProblem,
  ) {
    const { features, rows, dimensions, classes } = problem;
    this.labelLogProbability = new Float32Array(rows);
    this.maxLogProbability = new Float32Array(rows);
    this.squaredDistance = new Float32Array(rows);
    this.rowWeights = normalisedRowWeights(problem);
    const sums = classWeights(problem, this.rowWeights);
    const balanced = balancedWeights(problem, this.rowWeights, sums);
    this.scatterWeights = balanced.map((weight) => problem.withinClassScatter * weight);
    this.lossWeights = problem.balanced ? balanced : this.rowWeights;
    this.fixedInputs = {
      x: new Tensor('float32', features, [rows, dimensions]),
      y: new Tensor(
        'float32',
        oneHot(problem, () => 1),
        [rows, classes],
      ),
      shares: new Tensor(
        'float32',
        oneHot(problem, (row, label) => this.rowWeights[row]! / (sums[label]! || 1)),
        [rows, classes],
      ),
      scatterWeights: new Tensor('float32', this.scatterWeights, [rows, 1]),
      ...(isWeighted(problem) && { weights: new Tensor('float32', this.lossWeights, [rows, 1]) }),
      labels: new Tensor('int32', problem.labels, [rows]),
    };
  }

  /** Loads the problem into a new session. */
  static async open(problem: SoftmaxProblem): Promise<SoftmaxGraph> {
    const model = stepModel({ ...problem, weighted: isWeighted(problem) });
    const session = await InferenceSession.create(model, {
      ...(problem.threads ? { intraOpNumThreads: problem.threads } : {}),
      logSeverityLevel: 3,
      extra: sleepingThreads,
    });
    return new SoftmaxGraph(session, problem);
  }

  /**
   * Computes the loss and its gradient at the given weights.
   *
   * @param weights dimensions × classes
   * @param bias classes
   * @param dWeights receives ∂loss/∂weights
   * @param dBias receives ∂loss/∂bias
   */
  async step(
    weights: Float32Array,
    bias: Float32Array,
    dWeights: Float32Array,
    dBias: Float32Array,
  ): Promise<SoftmaxStep> {
    const { rows, dimensions, classes } = this.problem;
    await this.session.run(
      {
        ...this.fixedInputs,
        w: new Tensor('float32', weights, [dimensions, classes]),
        b: new Tensor('float32', bias, [classes]),
      },
      {
        dw: new Tensor('float32', dWeights, [dimensions, classes]),
        db: new Tensor('float32', dBias, [classes]),
        labelLogProbability: new Tensor('float32', this.labelLogProbability, [rows]),
        maxLogProbability: new Tensor('float32', this.maxLogProbability, [rows]),
        squaredDistance: new Tensor('float32', this.squaredDistance, [rows]),
      },
    );
    return this.summarise();
  }

  private summarise(): SoftmaxStep {
    const { rows, classes } = this.problem;
    const allTied = -Math.log(classes) + 1e-6;
    let loss = 0;
    let correct = 0;
    let withinClassScatter = 0;
    for (let row = 0; row < rows; row++) {
      const logProbability = this.labelLogProbability[row]!;
      loss -= this.lossWeights[row]! * logProbability;
      withinClassScatter += this.scatterWeights[row]! * this.squaredDistance[row]!;
      const isCorrect = logProbability >= this.maxLogProbability[row]! && logProbability > allTied;
      if (isCorrect) correct += this.rowWeights[row]!;
    }
    return {
      loss: loss / rows,
      withinClassScatter: withinClassScatter / rows,
      accuracy: correct / rows,
    };
  }

  /** Frees the session. The graph cannot be used afterwards. */
  async release(): Promise<void> {
    await this.session.release();
  }
}
