import { InferenceSession, Tensor } from 'onnxruntime-node';
import { writeOnnxModel, type GraphNode, type ValueInfo } from '../onnx/model';

const node = (
  operator: string,
  inputs: string[],
  output: string,
  attributes: GraphNode['attributes'] = {},
): GraphNode => ({ operator, inputs, outputs: [output], attributes });

const value = (name: string, ...shape: number[]): ValueInfo => ({ name, type: 'float32', shape });

/** One step of softmax regression: the gradient of the mean cross-entropy, and per-row terms. */
function stepModel(rows: number, dimensions: number, classes: number): Uint8Array {
  return writeOnnxModel({
    name: 'softmax-regression-step',
    inputs: [
      value('x', rows, dimensions),
      value('w', dimensions, classes),
      value('b', classes),
      value('y', rows, classes),
    ],
    outputs: [
      value('dw', dimensions, classes),
      value('db', classes),
      value('own', rows),
      value('best', rows),
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
      node('Sub', ['p', 'y'], 'g'),
      node('Gemm', ['x', 'g'], 'dw', { transA: 1, alpha: { float: 1 / rows } }),
      node('ReduceMean', ['g'], 'db', { axes: [0], keepdims: 0 }),
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
  threads: number | undefined;
}

/** What one step leaves behind, in buffers that the next one overwrites. */
export interface SoftmaxStep {
  /** Mean cross-entropy in nats. */
  loss: number;
  /** Share of rows whose own class is the most probable; where all classes tie, nobody's. */
  accuracy: number;
}

function oneHot({ rows, classes, labels }: SoftmaxProblem): Float32Array {
  const out = new Float32Array(rows * classes);
  for (let row = 0; row < rows; row++) out[row * classes + labels[row]!] = 1;
  return out;
}

/**
 * Softmax regression's two matrix products in ONNX Runtime. The features and labels stay in one
 * tensor each, and results land in the caller's arrays: a step copies nothing.
 */
export class SoftmaxGraph {
  private readonly own: Float32Array;
  private readonly best: Float32Array;
  private readonly fixed: Record<'x' | 'y', Tensor>;

  private constructor(
    private readonly session: InferenceSession,
    private readonly problem: SoftmaxProblem,
  ) {
    const { features, rows, dimensions, classes } = problem;
    this.own = new Float32Array(rows);
    this.best = new Float32Array(rows);
    this.fixed = {
      x: new Tensor('float32', features, [rows, dimensions]),
      y: new Tensor('float32', oneHot(problem), [rows, classes]),
    };
  }

  static async open(problem: SoftmaxProblem): Promise<SoftmaxGraph> {
    const model = stepModel(problem.rows, problem.dimensions, problem.classes);
    const session = await InferenceSession.create(model, {
      ...(problem.threads ? { intraOpNumThreads: problem.threads } : {}),
      logSeverityLevel: 3,
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
      },
    );
    return this.summarise();
  }

  private summarise(): SoftmaxStep {
    const { rows, classes } = this.problem;
    const undecided = -Math.log(classes) + 1e-6;
    let loss = 0;
    let right = 0;
    for (let row = 0; row < rows; row++) {
      const own = this.own[row]!;
      loss -= own;
      if (own >= this.best[row]! && own > undecided) right++;
    }
    return { loss: loss / rows, accuracy: right / rows };
  }

  /** Frees the session; the graph cannot be used afterwards. */
  async release(): Promise<void> {
    await this.session.release();
  }
}
