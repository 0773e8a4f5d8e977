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
import { computeLoss, type LossOptions } from './loss';
import type { BuiltNet } from '../network/net';
import type { WeightDescription } from '../run/retrain';
import { Optimizer, type OptimizerOptions, type OptimizerState } from './optimizer';

/** One weight of a TensorFlow.js layers model. */
type LayerVariable = LayersModel['weights'][number];

export interface TrainerOptions extends LossOptions {
  optimizer: OptimizerOptions;
  seed: number;
  classWeights?: Float32Array | undefined;
}

export interface StepResult {
  /** Mean loss of the batch in nats. */
  loss: number;
  /** Number of correctly predicted images, before the step. */
  correct: number;
}

const variableOf = (weight: LayerVariable): Variable =>
  (weight as unknown as { val: Variable }).val;

/**
 * A net with its optimizer. It takes training steps, computes logits, and saves and restores state.
 */
export class Trainer {
  private readonly optimizer: Optimizer;
  private readonly classWeights: Tensor1D | undefined;
  private readonly dropouts: layers.Layer[];

  constructor(
    readonly net: BuiltNet,
    private readonly options: TrainerOptions,
  ) {
    registerBatchNormGradient();
    const trainable = net.trainable.trainableWeights.map(variableOf);
    this.optimizer = new Optimizer(options.optimizer, trainable);
    this.dropouts = net.trainable.layers.filter((layer) => layer.getClassName() === 'Dropout');
    if (options.classWeights) this.classWeights = tensor1d(options.classWeights);
  }

  /**
   * Takes one training step on a batch. Dropout is seeded by the seed and the step number, so that
   * a training that resumes from a checkpoint gets the same dropout.
   */
  async step(batch: Batch, rate: number, stepNumber: number): Promise<StepResult> {
    for (const [index, layer] of this.dropouts.entries())
      (layer as unknown as { seed: number }).seed = hashText(
        `${this.options.seed}:dropout:${stepNumber}:${index}`,
      );
    let correct: Tensor | undefined;
    const labels = tensor1d(batch.labels, 'int32');
    const features = this.features(batch);
    const { value, grads } = variableGrads(() => {
      const logits = this.net.trainable.apply(features, { training: true }) as Tensor2D;
      correct = keep(sum(equal(argMax(logits, 1), labels)));
      return computeLoss(logits, labels, this.options, this.classWeights);
    }, this.net.trainable.trainableWeights.map(variableOf));
    this.optimizer.step(grads, rate);
    dispose(grads);
    return this.readResult({ loss: value, correct: correct as Scalar }, [labels, features]);
  }

  private async readResult(
    { loss, correct }: { loss: Scalar; correct: Scalar },
    others: readonly Tensor[],
  ): Promise<StepResult> {
    const [[mean = NaN], [count = 0]] = await Promise.all([loss.data(), correct.data()]);
    dispose([loss, correct, ...others]);
    if (!Number.isFinite(mean))
      throw new ModelInputError(
        'VALUE',
        `The loss is ${mean}, so the learning rate is too high. Start again with a lower rate.`,
      );
    return { loss: mean, correct: count };
  }

  /** Creates the input tensor of the layers that train. */
  private features({ values, shape, count }: Batch): Tensor {
    return tensor(values, [count, ...shape]);
  }

  /**
   * Computes the logits of a batch.
   *
   * @returns count × classes, row-major
   */
  async logits(batch: Batch): Promise<Float32Array> {
    const logits = tidy(
      () => this.net.trainable.apply(this.features(batch), { training: false }) as Tensor2D,
    );
    const values = await logits.data<'float32'>();
    logits.dispose();
    return values;
  }

  /** Reads the weights that training changes, including moving averages, in the model's order. */
  async weights(): Promise<Float32Array[]> {
    const values: Float32Array[] = [];
    for (const weight of this.net.trainable.weights)
      values.push(new Float32Array(await variableOf(weight).data()));
    return values;
  }

  /** Describes each of `weights`. */
  weightDescriptions(): WeightDescription[] {
    const trainable = new Set(this.net.trainable.trainableWeights);
    return this.net.trainable.weights.map((weight) => ({
      name: weight.originalName,
      shape: variableOf(weight).shape,
      trainable: trainable.has(weight),
    }));
  }

  /**
   * Replaces the weights that training changes.
   *
   * @throws ModelInputError `SHAPE` for the weights of another net
   */
  setWeights(values: readonly Float32Array[]): void {
    const weights = this.net.trainable.weights.map(variableOf);
    const mismatch = weights.findIndex((weight, index) => values[index]?.length !== weight.size);
    if (values.length !== weights.length || mismatch >= 0)
      throw new ModelInputError(
        'SHAPE',
        `Weights: expected ${weights.length} tensors, got ${values.length}` +
          (mismatch >= 0
            ? `; ${weights[mismatch]!.name} has ${weights[mismatch]!.size} values`
            : ''),
      );
    for (const [index, weight] of weights.entries())
      tidy(() => weight.assign(tensor(values[index]!, weight.shape)));
  }

  optimizerState(): Promise<OptimizerState> {
    return this.optimizer.state();
  }

  restoreOptimizer(state: OptimizerState): void {
    this.optimizer.restore(state);
  }

  /** Frees the tensors of training. The net stays in memory. */
  dispose(): void {
    this.optimizer.dispose();
    this.classWeights?.dispose();
  }
}
