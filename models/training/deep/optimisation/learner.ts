import {
  argMax,
  equal,
  keep,
  sum,
  tensor1d,
  tidy,
  variableGrads,
  dispose,
  tensor,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Variable,
} from '@tensorflow/tfjs-core';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { registerBatchNormGradient } from '../../../engine/batchNormGradient';
import { ModelInputError } from '../../../errors';
import { hashText } from '../../../numeric/random';
import type { Batch } from '../data/dataLoader';
import { lossOf, type LossOptions } from './loss';
import type { BuiltNet } from '../network/net';
import type { StartWeight } from '../run/retrain';
import { Optimizer, type OptimizerOptions, type OptimizerState } from './optimizer';

/** One weight of a model as TensorFlow.js layers hold it. */
type LayerVariable = LayersModel['weights'][number];

export interface LearnerOptions extends LossOptions {
  optimizer: OptimizerOptions;
  seed: number;
  classWeights?: Float32Array | undefined;
}

export interface StepResult {
  /** Mean over the batch, in nats. */
  loss: number;
  /** Images that the net got right, before the step. */
  right: number;
}

const underlying = (weight: LayerVariable): Variable =>
  (weight as unknown as { val: Variable }).val;

/** A net with its optimizer: takes steps, gives logits, and can be put away and taken up again. */
export class Learner {
  private readonly optimizer: Optimizer;
  private readonly classWeights: Tensor1D | undefined;
  private readonly dropouts: layers.Layer[];

  constructor(
    readonly net: BuiltNet,
    private readonly options: LearnerOptions,
  ) {
    registerBatchNormGradient();
    const trainable = net.trained.trainableWeights.map(underlying);
    this.optimizer = new Optimizer(options.optimizer, trainable);
    this.dropouts = net.trained.layers.filter((layer) => layer.getClassName() === 'Dropout');
    if (options.classWeights) this.classWeights = tensor1d(options.classWeights);
  }

  /**
   * One step on a batch. Dropout draws from the seed and the step's number, so that a training that
   * goes on from a checkpoint drops what it would have dropped.
   */
  async step(batch: Batch, rate: number, number: number): Promise<StepResult> {
    for (const [at, layer] of this.dropouts.entries())
      (layer as unknown as { seed: number }).seed = hashText(
        `${this.options.seed}:dropout:${number}:${at}`,
      );
    let right: Tensor | undefined;
    const labels = tensor1d(batch.labels, 'int32');
    const features = this.features(batch);
    const { value, grads } = variableGrads(() => {
      const logits = this.net.trained.apply(features, { training: true }) as Tensor2D;
      right = keep(sum(equal(argMax(logits, 1), labels)));
      return lossOf(logits, labels, this.options, this.classWeights);
    }, this.net.trained.trainableWeights.map(underlying));
    this.optimizer.step(grads, rate);
    dispose(grads);
    return this.read({ loss: value, right: right as Scalar }, [labels, features]);
  }

  private async read(
    { loss, right }: { loss: Scalar; right: Scalar },
    others: readonly Tensor[],
  ): Promise<StepResult> {
    const [[mean = NaN], [count = 0]] = await Promise.all([loss.data(), right.data()]);
    dispose([loss, right, ...others]);
    if (!Number.isFinite(mean))
      throw new ModelInputError(
        'VALUE',
        `The loss is ${mean}: the learning rate is too high for this net and these images`,
      );
    return { loss: mean, right: count };
  }

  /** What the trained layers read. */
  private features({ values, shape, count }: Batch): Tensor {
    return tensor(values, [count, ...shape]);
  }

  /** @returns count × classes, row-major */
  async logits(batch: Batch): Promise<Float32Array> {
    const logits = tidy(
      () => this.net.trained.apply(this.features(batch), { training: false }) as Tensor2D,
    );
    const values = await logits.data<'float32'>();
    logits.dispose();
    return values;
  }

  /** The weights that training moves, moving averages among them, in the model's order. */
  async weights(): Promise<Float32Array[]> {
    const values: Float32Array[] = [];
    for (const weight of this.net.trained.weights)
      values.push(new Float32Array(await underlying(weight).data()));
    return values;
  }

  /** Name, shape and kind of each of `weights`. */
  weightKinds(): StartWeight[] {
    const trainable = new Set(this.net.trained.trainableWeights);
    return this.net.trained.weights.map((weight) => ({
      name: weight.originalName,
      shape: underlying(weight).shape,
      trainable: trainable.has(weight),
    }));
  }

  /** @throws ModelInputError `SHAPE` for the weights of another net */
  setWeights(values: readonly Float32Array[]): void {
    const own = this.net.trained.weights.map(underlying);
    const wrong = own.findIndex((weight, at) => values[at]?.length !== weight.size);
    if (values.length !== own.length || wrong >= 0)
      throw new ModelInputError(
        'SHAPE',
        `Weights: expected ${own.length} tensors, got ${values.length}` +
          (wrong >= 0 ? `; ${own[wrong]!.name} has ${own[wrong]!.size} values` : ''),
      );
    for (const [at, weight] of own.entries())
      tidy(() => weight.assign(tensor(values[at]!, weight.shape)));
  }

  optimizerState(): Promise<OptimizerState> {
    return this.optimizer.state();
  }

  restoreOptimizer(state: OptimizerState): void {
    this.optimizer.restore(state);
  }

  /** Frees what training needed; the net stays. */
  dispose(): void {
    this.optimizer.dispose();
    this.classWeights?.dispose();
  }
}
