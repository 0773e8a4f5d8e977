import type { TrainingOptions } from '../../../../models/training/deep';
import { hasControlCharacters } from '../../../../shared/controlCharacters';
import { deepLimits } from '../../../../shared/deepOptions';
import { ClassBalance, Recipe } from '../../../../shared/enums';
import { limits } from '../../../../shared/limits';
import { InvalidInputError } from '../../../domain/errors';
import type { TrainNetworkInput } from '../retrainRun.input';
import type { DeepOptionsRecord } from '../retrainRun.entity';

type DeepRecipe = Exclude<Recipe, Recipe.HEAD>;

/** Training from random weights needs more epochs and larger steps than fine-tuning. */
const defaults: Record<DeepRecipe, { epochs: number; learningRate: number }> = {
  [Recipe.SCRATCH]: { epochs: 30, learningRate: 0.01 },
  [Recipe.FINETUNE]: { epochs: 10, learningRate: 0.005 },
};

/**
 * Checks the options that people gave and fills in every default.
 *
 * @throws InvalidInputError naming the option that is out of bounds
 */
export function deepOptionsOf(
  recipe: DeepRecipe,
  input: TrainNetworkInput,
  baseBackboneId: string | null,
): DeepOptionsRecord {
  const { epochs, learningRate } = defaults[recipe];
  const whole = (field: keyof TrainNetworkInput, value: number, max: number) =>
    within(field, value, 1, max) && Math.trunc(value);
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
    fromBlock: blockOf(input.fromBlock),
    ...continuationOf(input),
    baseBackboneId,
  };
}

/** The options of a run that goes on from the last weights. By default those weights do not change. */
function continuationOf(input: TrainNetworkInput) {
  if (!input.continueLast) {
    for (const field of ['replayRatio', 'shrink', 'perturb'] as const)
      if (input[field] != null)
        throw new InvalidInputError(`training.${field}`, 'Send it only with continueLast.');
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

/** It is stored as JSON, in which PostgreSQL takes no NUL and no half of a character. */
function blockOf(name: string | null | undefined): string | null {
  if (name == null) return null;
  if (!hasControlCharacters(name) && name.length <= limits.maxNameLength) return name;
  throw new InvalidInputError(
    'training.fromBlock',
    `A block’s name has at most ${limits.maxNameLength} characters, none of them a control character. Leave it out for the last block.`,
  );
}

function within(field: keyof TrainNetworkInput, value: number, min: number, max: number) {
  if (value >= min && value <= max) return value;
  throw new InvalidInputError(`training.${field}`, `Give ${min} to ${max}, not ${value}.`);
}

const samplingOf = {
  [ClassBalance.NONE]: 'none',
  [ClassBalance.WEIGHTED]: 'none',
  [ClassBalance.OVERSAMPLED]: 'over',
  [ClassBalance.UNDERSAMPLED]: 'under',
} as const;

/** The AlexNet article's momentum from scratch, and the customary 0.9 for fine-tuning. */
const momentumOf = (recipe: Recipe) => (recipe === Recipe.SCRATCH ? 0.3 : 0.9);

/** How the last weights are changed before training. Undefined when they stay the same. */
export function shrinkAndPerturbOf({ shrink, perturb }: DeepOptionsRecord) {
  const change = { shrink: shrink ?? 1, perturb: perturb ?? 0 };
  return change.shrink === 1 && change.perturb === 0 ? undefined : change;
}

/** Translates a run's options for `trainDeep`. */
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
    // Without validation images there is no best epoch, so the last one is used.
    earlyStopping:
      validation.length > 0 ? { patience: Math.max(5, Math.ceil(epochs / 4)) } : undefined,
    seed,
  };
}
