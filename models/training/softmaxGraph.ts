import { InferenceSession, Tensor } from 'onnxruntime-node';
import { sleepingThreads } from '../engine/sleepingThreads';
import { writeOnnxModel, type GraphNode, type ValueInfo } from '../onnx/model';

const node = (
  operator: string,
  inputs: string[],
  output: string,
  attributes: GraphNode['attributes'] = {},
): GraphNode => ({ operator, inputs, outputs: [output], attributes });

const value = (name: string, ...shape: number[]): ValueInfo => ({ name, type: 'float32', shape });

type StepSizes = Pick<SoftmaxProblem, 'rows' | 'dimensions' | 'classes'> & { weighted: boolean };

/**
 * One step of softmax regression: the gradient of the mean cross-entropy plus half the spread
 * within classes, and per-row terms. With z the logits of a row and c those of its class's mean row
 * the spread is a weighted mean of |z - c|², its gradient by z is z - c times the row's weight:
 * what moves the means cancels.
 */
function stepModel({ rows, dimensions, classes, weighted }: StepSizes): Uint8Array {
  return writeOnnxModel({
    name: 'softmax-regression-step',
    inputs: [
      value('x', rows, dimensions),
      value('w', dimensions, classes),
      value('b', classes),
      value('y', rows, classes),
      value('shares', rows, classes),
      value('pulls', rows, 1),
      ...(weighted ? [value('weights', rows, 1)] : []),
      { name: 'labels', type: 'int32', shape: [rows] },
    ],
    outputs: [
      value('dw', dimensions, classes),
      value('db', classes),
      value('own', rows),
      value('best', rows),
      value('apart', rows),
    ],
    initializers: [
      { name: 'rowAxis', shape: [1], data: BigInt64Array.of(0n) },
      { name: 'classAxis', shape: [1], data: BigInt64Array.of(1n) },
    ],
    nodes: [
      node('MatMul', ['x', 'w'], 'xw'),
      node('Add', ['xw', 'b'], 'z'),
      node('LogSoftmax', ['z'], 'l', { axis: -1 }),
      node('Exp', ['l'], 'p'),
      // Unweighted rows are spared the product.
      ...(weighted
        ? [node('Sub', ['p', 'y'], 'error'), node('Mul', ['error', 'weights'], 'residual')]
        : [node('Sub', ['p', 'y'], 'residual')]),
      node('Gemm', ['shares', 'xw'], 'meanLogits', { transA: 1 }),
      node('Gather', ['meanLogits', 'labels'], 'own meanLogits', { axis: 0 }),
      node('Sub', ['xw', 'own meanLogits'], 'offMean'),
      node('Mul', ['offMean', 'pulls'], 'pull'),
      node('Add', ['residual', 'pull'], 'g'),
      node('ReduceSumSquare', ['offMean'], 'apart', { axes: [1], keepdims: 0 }),
      node('Gemm', ['x', 'g'], 'dw', { transA: 1, alpha: { float: 1 / rows } }),
      node('ReduceMean', ['residual'], 'db', { axes: [0], keepdims: 0 }),
      node('Mul', ['l', 'y'], 'ly'),
      node('ReduceSum', ['ly', 'classAxis'], 'own', { keepdims: 0 }),
      node('ReduceMax', ['l'], 'best', { axes: [1], keepdims: 0 }),
    ],
  });
}

/** The training problem as it stays in memory between steps. */
export interface SoftmaxProblem {
  features: Float32Array;
  rows: number;
  dimensions: number;
  labels: Int32Array;
  classes: number;
  /** Weight of the spread of logits within classes; every class counts the same. */
  withinClassScatter: number;
  /** Whether every class counts the same in the cross-entropy, however many rows it has. */
  balanced: boolean;
  /** What each row counts for, 0 or more, not all 0; by default all the same. */
  rowWeights?: Float32Array | undefined;
  threads: number | undefined;
}

/** What one step leaves behind, in buffers that the next one overwrites. */
export interface SoftmaxStep {
  /** Mean cross-entropy in nats, weighted where classes are balanced. */
  loss: number;
  /** `spread` times the mean over classes of their rows' mean squared distance from the mean row. */
  withinClassScatter: number;
  /** Share of rows, by their weights, whose own class is the most probable; where all classes tie, nobody's. */
  accuracy: number;
}

const isWeighted = ({ balanced, rowWeights }: SoftmaxProblem): boolean =>
  balanced || rowWeights !== undefined;

/** rows × classes: what `share` says of each row in its own class's column, zeros elsewhere. */
function inOwnColumn(
  { rows, classes, labels }: SoftmaxProblem,
  share: (row: number, label: number) => number,
): Float32Array {
  const out = new Float32Array(rows * classes);
  for (let row = 0; row < rows; row++) {
    const label = labels[row]!;
    out[row * classes + label] = share(row, label);
  }
  return out;
}

/** What each row counts for, 1 on average. */
function ownWeights({ rows, rowWeights }: SoftmaxProblem): Float32Array {
  if (!rowWeights) return new Float32Array(rows).fill(1);
  const total = rowWeights.reduce((sum, weight) => sum + weight, 0);
  return rowWeights.map((weight) => (weight * rows) / total);
}

/** The weight of each class's rows together. */
function classWeights({ classes, labels }: SoftmaxProblem, own: Float32Array): Float64Array {
  const sums = new Float64Array(classes);
  labels.forEach((label, row) => (sums[label]! += own[row]!));
  return sums;
}

/** What each row weighs for classes to weigh the same; 1 on average. */
function levelWeights(
  { rows, labels }: SoftmaxProblem,
  own: Float32Array,
  sums: Float64Array,
): Float32Array {
  const present = sums.filter((sum) => sum > 0).length;
  return own.map((weight, row) =>
    weight > 0 ? (weight * rows) / (present * sums[labels[row]!]!) : 0,
  );
}

/**
 * Softmax regression's two matrix products in ONNX Runtime. The features and labels stay in one
 * tensor each, and results land in the caller's arrays: a step copies nothing.
 */
export class SoftmaxGraph {
  private readonly own: Float32Array;
  private readonly best: Float32Array;
  private readonly apart: Float32Array;
  private readonly pulls: Float32Array;
  private readonly weights: Float32Array;
  private readonly counted: Float32Array;
  private readonly fixed: Readonly<Record<string, Tensor>>;

  private constructor(
    private readonly session: InferenceSession,
    private readonly problem: SoftmaxProblem,
  ) {
    const { features, rows, dimensions, classes } = problem;
    this.own = new Float32Array(rows);
    this.best = new Float32Array(rows);
    this.apart = new Float32Array(rows);
    const own = ownWeights(problem);
    this.counted = own;
    const sums = classWeights(problem, own);
    const level = levelWeights(problem, own, sums);
    this.pulls = level.map((weight) => problem.withinClassScatter * weight);
    this.weights = problem.balanced ? level : own;
    this.fixed = {
      x: new Tensor('float32', features, [rows, dimensions]),
      y: new Tensor(
        'float32',
        inOwnColumn(problem, () => 1),
        [rows, classes],
      ),
      shares: new Tensor(
        'float32',
        inOwnColumn(problem, (row, label) => own[row]! / (sums[label]! || 1)),
        [rows, classes],
      ),
      pulls: new Tensor('float32', this.pulls, [rows, 1]),
      ...(isWeighted(problem) && { weights: new Tensor('float32', this.weights, [rows, 1]) }),
      labels: new Tensor('int32', problem.labels, [rows]),
    };
  }

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
   * @param weights dimensions × classes
   * @param bias classes
   * @param dWeights where ∂loss/∂weights goes
   * @param dBias where ∂loss/∂bias goes
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
        ...this.fixed,
        w: new Tensor('float32', weights, [dimensions, classes]),
        b: new Tensor('float32', bias, [classes]),
      },
      {
        dw: new Tensor('float32', dWeights, [dimensions, classes]),
        db: new Tensor('float32', dBias, [classes]),
        own: new Tensor('float32', this.own, [rows]),
        best: new Tensor('float32', this.best, [rows]),
        apart: new Tensor('float32', this.apart, [rows]),
      },
    );
    return this.summarise();
  }

  private summarise(): SoftmaxStep {
    const { rows, classes } = this.problem;
    const undecided = -Math.log(classes) + 1e-6;
    let loss = 0;
    let right = 0;
    let withinClassScatter = 0;
    for (let row = 0; row < rows; row++) {
      const own = this.own[row]!;
      loss -= this.weights[row]! * own;
      withinClassScatter += this.pulls[row]! * this.apart[row]!;
      if (own >= this.best[row]! && own > undecided) right += this.counted[row]!;
    }
    return {
      loss: loss / rows,
      withinClassScatter: withinClassScatter / rows,
      accuracy: right / rows,
    };
  }

  /** Frees the session; the graph cannot be used afterwards. */
  async release(): Promise<void> {
    await this.session.release();
  }
}
