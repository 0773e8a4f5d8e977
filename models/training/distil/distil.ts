import { InferenceSession, Tensor } from 'onnxruntime-node';
import { throwIfAborted } from '../../errors';
import { writeOnnxModel } from '../../onnx/model';
import { Adam } from './adam';
import type { CompactNet } from './compactNet';
import { stepGraph, type Parameter } from './stepGraph';

/** One batch: the student's pixels, and what the teacher made of the same look at the photos. */
export interface Lesson {
  /** batchSize × inputSize × inputSize × 3, preprocessed. */
  pixels: Float32Array;
  /** batchSize × values. */
  embeddings: Float32Array;
}

export interface DistilOptions {
  inputSize: number;
  batchSize: number;
  steps: number;
  /** The stem and this many blocks keep their weights; 0 lets all learn. */
  frozenBlocks: number;
  /** Of Adam at its highest; it rises over the first twentieth and falls along a cosine. */
  learningRate: number;
  /** The teacher's mean embedding: what it says of every photo is not worth learning. */
  mean: Float32Array;
  threads: number;
  signal?: AbortSignal | undefined;
  onStep?: ((step: number, loss: number) => void) | undefined;
}

/** The rate of a step: a short rise, then half a cosine down to zero. */
export function rateAt(
  step: number,
  { steps, learningRate }: Pick<DistilOptions, 'steps' | 'learningRate'>,
): number {
  const warmUp = Math.ceil(steps / 20);
  if (step < warmUp) return (learningRate * (step + 1)) / warmUp;
  const done = (step - warmUp) / Math.max(1, steps - warmUp);
  return (learningRate * (1 + Math.cos(Math.PI * done))) / 2;
}

/** Each row less the mean, at length 1. */
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

/** A net's weights in the order of its graph's parameters; training writes into a copy. */
function weightsOf(net: CompactNet): Float32Array[] {
  const layers = net.blocks.flatMap(({ expand, depthwise, project }) => [
    ...(expand ? [expand] : []),
    depthwise,
    project,
  ]);
  return [net.stem, ...layers, net.last].flatMap(({ kernel, bias }) => [kernel, bias]);
}

/** A deep copy whose arrays are its own. */
const copyOf = (net: CompactNet): CompactNet => structuredClone(net);

/** Runs the step's graph: loss and gradients for a lesson at the given weights. */
class Lecture {
  private constructor(
    private readonly session: InferenceSession,
    readonly parameters: readonly Parameter[],
    private readonly options: DistilOptions,
  ) {}

  static async open(net: CompactNet, options: DistilOptions): Promise<Lecture> {
    const { graph, parameters } = stepGraph(
      net,
      options.inputSize,
      options.batchSize,
      options.frozenBlocks,
    );
    const session = await InferenceSession.create(writeOnnxModel(graph), {
      intraOpNumThreads: options.threads,
    });
    return new Lecture(session, parameters, options);
  }

  async give({ pixels, embeddings }: Lesson, weights: readonly Float32Array[]) {
    const { batchSize, inputSize, mean } = this.options;
    const feeds: Record<string, Tensor> = {
      input: new Tensor('float32', pixels, [batchSize, inputSize, inputSize, 3]),
      wanted: new Tensor('float32', directions(embeddings, mean), [batchSize, mean.length]),
      mean: new Tensor('float32', mean, [mean.length]),
    };
    for (const [at, { name, shape }] of this.parameters.entries())
      feeds[name] = new Tensor('float32', weights[at]!, shape);
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

/** The loss and its gradients at a net's own weights, in the order of its layers. */
export async function disagreementOf(net: CompactNet, lesson: Lesson, options: DistilOptions) {
  const lecture = await Lecture.open(net, options);
  try {
    return await lecture.give(lesson, weightsOf(net));
  } finally {
    await lecture.release();
  }
}

/**
 * Trains a compact net to say of a look at a photo what its teacher says of the same look, at a
 * higher resolution: Hinton, Vinyals & Dean 2015, with embeddings in place of class probabilities
 * as in Romero et al. 2015. The loss is the mean of 1 - cosine between centred embeddings.
 * Convolutions and their derivatives run in ONNX Runtime, several times as fast on processors as
 * TensorFlow.js there.
 *
 * @throws an `AbortError` within a step of the signal
 */
export async function distil(
  net: CompactNet,
  lessons: AsyncIterator<Lesson>,
  options: DistilOptions,
): Promise<CompactNet> {
  const student = copyOf(net);
  const weights = weightsOf(student);
  const adam = new Adam(weights.map(({ length }) => length));
  const lecture = await Lecture.open(student, options);
  try {
    for (let step = 0; step < options.steps; step++) {
      throwIfAborted(options.signal);
      const next = await lessons.next();
      if (next.done) break;
      const { loss, gradients } = await lecture.give(next.value, weights);
      adam.step(weights, gradients, rateAt(step, options));
      options.onStep?.(step, loss);
    }
    return student;
  } finally {
    await lecture.release();
    await lessons.return?.();
  }
}
