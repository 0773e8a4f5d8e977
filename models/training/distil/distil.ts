import { InferenceSession, Tensor } from 'onnxruntime-node';
import { throwIfAborted } from '../../errors';
import { writeOnnxModel } from '../../onnx/model';
import { Adam } from './adam';
import type { CompactNet } from './compactNet';
import { stepGraph, type Parameter } from './stepGraph';

/** One batch: the student's pixels, and the teacher's embeddings of the same views. */
export interface DistilBatch {
  /** batchSize × inputSize × inputSize × 3, preprocessed. */
  pixels: Float32Array;
  /** batchSize × values. */
  embeddings: Float32Array;
}

export interface DistilOptions {
  inputSize: number;
  batchSize: number;
  steps: number;
  /** The stem and this many blocks are frozen; at 0 all layers train. */
  frozenBlocks: number;
  /** Maximum learning rate of Adam. It rises over the first 5 % and then falls along a cosine. */
  learningRate: number;
  /** The teacher's mean embedding. It is subtracted, because it does not depend on the photo. */
  mean: Float32Array;
  threads: number;
  signal?: AbortSignal | undefined;
  onStep?: ((step: number, loss: number) => void) | undefined;
}

/** Computes the learning rate of a step: a short warm-up, then half a cosine down to zero. */
export function rateAt(
  step: number,
  { steps, learningRate }: Pick<DistilOptions, 'steps' | 'learningRate'>,
): number {
  const warmUp = Math.ceil(steps / 20);
  if (step < warmUp) return (learningRate * (step + 1)) / warmUp;
  const done = (step - warmUp) / Math.max(1, steps - warmUp);
  return (learningRate * (1 + Math.cos(Math.PI * done))) / 2;
}

/** Subtracts the mean from each row and scales the row to length 1. */
function directions(embeddings: Float32Array, mean: Float32Array): Float32Array {
  const out = new Float32Array(embeddings.length);
  for (let start = 0; start < out.length; start += mean.length) {
    let squares = 1e-6;
    for (let j = 0; j < mean.length; j++)
      squares += (out[start + j] = embeddings[start + j]! - mean[j]!) ** 2;
    const scale = 1 / Math.sqrt(squares);
    for (let j = 0; j < mean.length; j++) out[start + j]! *= scale;
  }
  return out;
}

/** Lists a net's weights in the order of the step graph's parameters. */
function weightsOf(net: CompactNet): Float32Array[] {
  const layers = net.blocks.flatMap(({ expand, depthwise, project }) => [
    ...(expand ? [expand] : []),
    depthwise,
    project,
  ]);
  return [net.stem, ...layers, net.last].flatMap(({ kernel, bias }) => [kernel, bias]);
}

/** Makes a deep copy. */
const copyOf = (net: CompactNet): CompactNet => structuredClone(net);

/** Runs the step graph: computes the loss and gradients of a batch at the given weights. */
class StepSession {
  private constructor(
    private readonly session: InferenceSession,
    readonly parameters: readonly Parameter[],
    private readonly options: DistilOptions,
  ) {}

  static async open(net: CompactNet, options: DistilOptions): Promise<StepSession> {
    const { graph, parameters } = stepGraph(
      net,
      options.inputSize,
      options.batchSize,
      options.frozenBlocks,
    );
    const session = await InferenceSession.create(writeOnnxModel(graph), {
      intraOpNumThreads: options.threads,
    });
    return new StepSession(session, parameters, options);
  }

  async run({ pixels, embeddings }: DistilBatch, weights: readonly Float32Array[]) {
    const { batchSize, inputSize, mean } = this.options;
    const feeds: Record<string, Tensor> = {
      input: new Tensor('float32', pixels, [batchSize, inputSize, inputSize, 3]),
      target: new Tensor('float32', directions(embeddings, mean), [batchSize, mean.length]),
      mean: new Tensor('float32', mean, [mean.length]),
    };
    for (const [index, { name, shape }] of this.parameters.entries())
      feeds[name] = new Tensor('float32', weights[index]!, shape);
    const results = await this.session.run(feeds);
    const cosines = results['cosine']!.data as Float32Array;
    const gradients = this.parameters.map(({ gradient }) =>
      gradient === undefined ? undefined : (results[gradient]!.data as Float32Array),
    );
    return { loss: 1 - cosines.reduce((sum, value) => sum + value, 0) / batchSize, gradients };
  }

  release(): Promise<void> {
    return this.session.release();
  }
}

/**
 * Computes the loss of a batch and its gradients at a net's weights, in the order of its layers.
 */
export async function lossAndGradients(
  net: CompactNet,
  batch: DistilBatch,
  options: DistilOptions,
) {
  const session = await StepSession.open(net, options);
  try {
    return await session.run(batch, weightsOf(net));
  } finally {
    await session.release();
  }
}

/**
 * Distils a teacher into a compact net (Hinton, Vinyals & Dean 2015), with embeddings instead of
 * class probabilities (Romero et al. 2015). The student sees the same views as the teacher, at a
 * lower resolution. The loss is the mean of 1 - cosine between centred embeddings. Convolutions and
 * their gradients run in ONNX Runtime, which is several times as fast on CPUs as TensorFlow.js.
 *
 * @throws an `AbortError` within a step of the signal
 */
export async function distil(
  net: CompactNet,
  batches: AsyncIterator<DistilBatch>,
  options: DistilOptions,
): Promise<CompactNet> {
  const student = copyOf(net);
  const weights = weightsOf(student);
  const adam = new Adam(weights.map(({ length }) => length));
  const session = await StepSession.open(student, options);
  try {
    for (let step = 0; step < options.steps; step++) {
      throwIfAborted(options.signal);
      const next = await batches.next();
      if (next.done) break;
      const { loss, gradients } = await session.run(next.value, weights);
      adam.step(weights, gradients, rateAt(step, options));
      options.onStep?.(step, loss);
    }
    return student;
  } finally {
    await session.release();
    await batches.return?.();
  }
}
