import type { TrainingOptions } from '../../../../models/training/deep';
import { deepLimits } from '../../../../shared/deepOptions';
import { ClassBalance, Recipe } from '../../../../shared/enums';
import { InvalidInputError } from '../../../domain/errors';
import type { TrainNetworkInput } from '../retrainRun.input';
import type { DeepOptionsRecord } from '../retrainRun.entity';

type DeepRecipe = Exclude<Recipe, Recipe.HEAD>;

/** From fresh weights a net needs more and larger steps than one that knows much already. */
const defaults: Record<DeepRecipe, { epochs: number; learningRate: number }> = {
  [Recipe.SCRATCH]: { epochs: 30, learningRate: 0.01 },
  [Recipe.FINETUNE]: { epochs: 10, learningRate: 0.005 },
};

/**
 * What was asked, with every default filled in.
 *
 * @throws InvalidInputError naming the option that is out of bounds
 */
export function deepOptionsOf(
  recipe: DeepRecipe,
  input: TrainNetworkInput,
  baseBackboneId: string | null,
): DeepOptionsRecord {
  const { epochs, learningRate } = defaults[recipe];
  const whole = (field: keyof TrainNetworkInput, value: number, most: number) =>
    within(field, value, 1, most) && Math.trunc(value);
  return {
    epochs: whole('epochs', input.epochs ?? epochs, deepLimits.maxEpochs),
    batchSize: whole('batchSize', input.batchSize ?? 32, deepLimits.maxBatchSize),
    learningRate: within(
      'learningRate',
      input.learningRate ?? learningRate,
      deepLimits.minLearningRate,
      deepLimits.maxLearningRate,
    ),
    flip: input.flip ?? true,
    rotationDegrees: within(
      'rotationDegrees',
      input.rotationDegrees ?? 0,
      0,
      deepLimits.maxRotationDegrees,
    ),
    zoom: within('zoom', input.zoom ?? 0, 0, deepLimits.maxZoom),
    balance: input.balance ?? ClassBalance.NONE,
    fromBlock: input.fromBlock ?? null,
    ...continuationOf(input),
    baseBackboneId,
  };
}

/** Options of going on from the last weights; with none of them, those are taken as they are. */
function continuationOf(input: TrainNetworkInput) {
  if (!input.continueLast) {
    for (const field of ['replayRatio', 'shrink', 'perturb'] as const)
      if (input[field] != null)
        throw new InvalidInputError(`training.${field}`, 'Give it with continueLast only.');
    return { continueLast: false, replayRatio: null, shrink: null, perturb: null };
  }
  const { replayRatio, shrink, perturb } = input;
  return {
    continueLast: true,
    replayRatio:
      replayRatio == null ? null : within('replayRatio', replayRatio, 0, deepLimits.maxReplayRatio),
    shrink: within('shrink', shrink ?? 1, 0, 1),
    perturb: within('perturb', perturb ?? 0, 0, deepLimits.maxPerturb),
  };
}

function within(field: keyof TrainNetworkInput, value: number, least: number, most: number) {
  if (value >= least && value <= most) return value;
  throw new InvalidInputError(`training.${field}`, `Give ${least} to ${most}, not ${value}.`);
}

const samplingOf = {
  [ClassBalance.NONE]: 'none',
  [ClassBalance.WEIGHTED]: 'none',
  [ClassBalance.OVERSAMPLED]: 'over',
  [ClassBalance.UNDERSAMPLED]: 'under',
} as const;

/** The article's optimizer from scratch; the usual momentum for a net that only has to be adapted. */
const momentumOf = (recipe: Recipe) => (recipe === Recipe.SCRATCH ? 0.3 : 0.9);

/** What becomes of the last weights before training; undefined when they stay as they are. */
export function shrinkAndPerturbOf({ shrink, perturb }: DeepOptionsRecord) {
  const asked = { shrink: shrink ?? 1, perturb: perturb ?? 0 };
  return asked.shrink === 1 && asked.perturb === 0 ? undefined : asked;
}

/** The same in the words of the training library. */
export function trainingOptionsOf(
  recipe: Recipe,
  { epochs, batchSize, learningRate, flip, rotationDegrees, zoom, balance }: DeepOptionsRecord,
  { train, validation }: { train: readonly unknown[]; validation: readonly unknown[] },
  seed: number,
): TrainingOptions {
  return {
    epochs,
    batchSize: Math.max(1, Math.min(batchSize, train.length)),
    learningRate,
    optimizer: { kind: 'momentum', momentum: momentumOf(recipe) },
    augmentation: { horizontalFlip: flip, rotationDegrees, zoom },
    classWeights: balance === ClassBalance.WEIGHTED ? 'balanced' : undefined,
    sampling: samplingOf[balance],
    // Without validation images the last epoch's weights are the result.
    earlyStopping:
      validation.length > 0 ? { patience: Math.max(5, Math.ceil(epochs / 4)) } : undefined,
    seed,
  };
}
