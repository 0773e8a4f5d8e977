import { deepLimits } from '../../../shared/deepOptions';
import { ClassBalance, Recipe } from '../../../shared/enums';
import { InvalidInputError } from '../../graphql/domainErrors';
import type { TrainNetworkInput } from './retrainRun.type';
import type { DeepOptionsRecord } from './retrainRun.entity';

type DeepRecipe = Exclude<Recipe, Recipe.HEAD>;

/** From fresh weights a net needs more and larger steps than one that knows much already. */
const usual: Record<DeepRecipe, { epochs: number; learningRate: number }> = {
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
  const { epochs, learningRate } = usual[recipe];
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
    continueLast: input.continueLast ?? false,
    baseBackboneId,
  };
}

function within(field: keyof TrainNetworkInput, value: number, least: number, most: number) {
  if (value >= least && value <= most) return value;
  throw new InvalidInputError(`training.${field}`, `Give ${least} to ${most}, not ${value}.`);
}
