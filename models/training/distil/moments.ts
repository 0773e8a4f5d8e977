import { InferenceSession, Tensor } from 'onnxruntime-node';
import { requireShape } from '../../errors';
import { floatInfo } from '../../onnx/graphParts';
import { writeOnnxModel } from '../../onnx/model';
import type { Moments } from './prune';

/** Accumulates the moments of a regression, with its matrix products in ONNX Runtime. */
export class MomentSums {
  private rows = 0;
  private readonly squares: Float64Array;
  private readonly products: Float64Array;
  private readonly inputSums: Float64Array;
  private readonly outputSums: Float64Array;

  private constructor(
    private readonly session: InferenceSession,
    private readonly inputs: number,
    private readonly outputs: number,
  ) {
    this.squares = new Float64Array(inputs * inputs);
    this.products = new Float64Array(inputs * outputs);
    this.inputSums = new Float64Array(inputs);
    this.outputSums = new Float64Array(outputs);
  }

  static async open(inputs: number, outputs: number, threads: number): Promise<MomentSums> {
    const model = writeOnnxModel({
      name: 'moments',
      inputs: [floatInfo('x', 'N', inputs), floatInfo('y', 'N', outputs)],
      outputs: [floatInfo('xx', inputs, inputs), floatInfo('xy', inputs, outputs)],
      nodes: [
        { operator: 'Gemm', inputs: ['x', 'x'], outputs: ['xx'], attributes: { transA: 1 } },
        { operator: 'Gemm', inputs: ['x', 'y'], outputs: ['xy'], attributes: { transA: 1 } },
      ],
    });
    const session = await InferenceSession.create(model, { intraOpNumThreads: threads });
    return new MomentSums(session, inputs, outputs);
  }

  /**
   * Adds rows to the sums.
   *
   * @param x rows × inputs
   * @param y rows × outputs
   */
  async add(x: Float32Array, y: Float32Array, rows: number): Promise<void> {
    requireShape('Inputs', x, rows, this.inputs);
    requireShape('Outputs', y, rows, this.outputs);
    const { xx, xy } = await this.session.run({
      x: new Tensor('float32', x, [rows, this.inputs]),
      y: new Tensor('float32', y, [rows, this.outputs]),
    });
    addTo(this.squares, xx!.data as Float32Array);
    addTo(this.products, xy!.data as Float32Array);
    addRows(this.inputSums, x);
    addRows(this.outputSums, y);
    this.rows += rows;
  }

  /** Computes the moments about the means. */
  centred(): Moments {
    const { rows, inputs, outputs } = this;
    return {
      inputs,
      outputs,
      rows,
      covariance: subtractProduct(this.squares, this.inputSums, this.inputSums, rows),
      cross: subtractProduct(this.products, this.inputSums, this.outputSums, rows),
      meanInput: this.inputSums.map((sum) => sum / rows),
      meanOutput: this.outputSums.map((sum) => sum / rows),
    };
  }

  release(): Promise<void> {
    return this.session.release();
  }
}

function addTo(sums: Float64Array, values: Float32Array): void {
  for (let i = 0; i < sums.length; i++) sums[i]! += values[i]!;
}

function addRows(sums: Float64Array, values: Float32Array): void {
  for (let index = 0; index < values.length;)
    for (let j = 0; j < sums.length; j++, index++) sums[j]! += values[index]!;
}

/** Computes sums - a · bᵀ / rows. */
function subtractProduct(sums: Float64Array, a: Float64Array, b: Float64Array, rows: number) {
  const out = Float64Array.from(sums);
  for (let i = 0, index = 0; i < a.length; i++)
    for (let j = 0; j < b.length; j++, index++) out[index]! -= (a[i]! * b[j]!) / rows;
  return out;
}
