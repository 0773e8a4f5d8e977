import { ModelInputError } from '../../../errors';
import type { Augmentation } from '../data/augment';
import type { LossOptions } from '../optimisation/loss';
import type { OptimizerOptions } from '../optimisation/optimizer';
import type { Sampling } from '../data/sampling';
import type { Schedule } from '../optimisation/schedule';

/** How a deep net is trained. Everything has a default. */
export interface TrainingOptions extends LossOptions {
  /** Default 20. */
  epochs?: number | undefined;
  /** Images per step, default 32. */
  batchSize?: number | undefined;
  /** Default 0.01. */
  learningRate?: number | undefined;
  /** Default SGD with momentum 0.9. */
  optimizer?: OptimizerOptions | undefined;
  /** Default constant. */
  schedule?: Schedule | undefined;
  /** Default 0. */
  warmUpEpochs?: number | undefined;
  /** `balanced`, or one weight per class; by default all count 1. */
  classWeights?: 'balanced' | readonly number[] | undefined;
  /** Default `none`. */
  sampling?: Sampling | undefined;
  /** Default none of it. */
  augmentation?: Augmentation | undefined;
  /**
   * Stops when so many epochs in a row brought no lower validation loss. The best epoch's weights
   * are the result, unless `restoreBest` is false. Off by default.
   */
  earlyStopping?: { patience: number; restoreBest?: boolean | undefined } | undefined;
  /** Default 1: the same seed on the same engine gives the same net. */
  seed?: number | undefined;
}

/** The same with every default filled in. */
export type FullOptions = ReturnType<typeof fillOptions>;

const between = (what: string, value: number, least: number, most: number): void => {
  if (value >= least && value <= most) return;
  throw new ModelInputError('VALUE', `${what}: ${value} is outside ${least} to ${most}`);
};

function requireWhole(what: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new ModelInputError('VALUE', `${what}: ${value} is not a whole number from ${least} up`);
}

/** What is given, over a net's own defaults. */
function over(given: TrainingOptions, defaults: TrainingOptions): TrainingOptions {
  const named = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(named) };
}

/**
 * @param defaults the net's, where they are not those of `TrainingOptions`
 * @throws ModelInputError `VALUE` naming the option that cannot be
 */
export function fillOptions(
  given: TrainingOptions = {},
  classes: number,
  defaults: TrainingOptions = {},
) {
  const options = over(given, defaults);
  const full = {
    epochs: options.epochs ?? 20,
    batchSize: options.batchSize ?? 32,
    learningRate: options.learningRate ?? 0.01,
    optimizer: options.optimizer ?? ({ kind: 'momentum', momentum: 0.9 } as const),
    schedule: options.schedule ?? ({ kind: 'constant' } as const),
    warmUpEpochs: options.warmUpEpochs ?? 0,
    classWeights: options.classWeights,
    sampling: options.sampling ?? ('none' as const),
    augmentation: options.augmentation ?? {},
    earlyStopping: options.earlyStopping,
    labelSmoothing: options.labelSmoothing ?? 0,
    focalGamma: options.focalGamma ?? 0,
    seed: options.seed ?? 1,
  };
  requireWhole('epochs', full.epochs, 1);
  requireWhole('batchSize', full.batchSize, 1);
  between('learningRate', full.learningRate, 0, 1e3);
  between('warmUpEpochs', full.warmUpEpochs, 0, full.epochs);
  between('labelSmoothing', full.labelSmoothing, 0, 1);
  between('focalGamma', full.focalGamma, 0, 100);
  between('augmentation.rotationDegrees', full.augmentation.rotationDegrees ?? 0, 0, 180);
  between('augmentation.zoom', full.augmentation.zoom ?? 0, 0, 0.9);
  if (full.earlyStopping) requireWhole('earlyStopping.patience', full.earlyStopping.patience, 1);
  const { classWeights } = full;
  if (Array.isArray(classWeights) && classWeights.length !== classes)
    throw new ModelInputError(
      'SHAPE',
      `classWeights: expected ${classes} values, got ${classWeights.length}`,
    );
  return full;
}
