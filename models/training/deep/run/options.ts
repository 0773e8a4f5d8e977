import { ModelInputError } from '../../../errors';
import type { Augmentation } from '../data/augment';
import type { LossOptions } from '../optimisation/loss';
import type { OptimizerOptions } from '../optimisation/optimizer';
import type { Sampling } from '../data/sampling';
import type { Schedule } from '../optimisation/schedule';

/** Training options of a deep net. Each has a default. */
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
  /** `balanced`, or one weight per class; by default all weights are 1. */
  classWeights?: 'balanced' | readonly number[] | undefined;
  /** Default `none`. */
  sampling?: Sampling | undefined;
  /** Default off. */
  augmentation?: Augmentation | undefined;
  /**
   * Stops after `patience` epochs in a row without a lower validation loss. The result has the
   * weights of the best epoch, unless `restoreBest` is false. Off by default.
   */
  earlyStopping?: { patience: number; restoreBest?: boolean | undefined } | undefined;
  /** Default 1. The same seed on the same engine gives the same net. */
  seed?: number | undefined;
}

/** Training options with all defaults filled in. */
export type FullOptions = ReturnType<typeof fillOptions>;

const requireRange = (what: string, value: number, min: number, max: number): void => {
  if (value >= min && value <= max) return;
  throw new ModelInputError('VALUE', `${what}: ${value} is outside ${min} to ${max}`);
};

function requireWhole(what: string, value: number, min: number): void {
  if (Number.isInteger(value) && value >= min) return;
  throw new ModelInputError('VALUE', `${what}: ${value} is not a whole number from ${min} up`);
}

/** Combines the given options with a net's defaults. */
function withDefaults(options: TrainingOptions, defaults: TrainingOptions): TrainingOptions {
  const defined = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(defined) };
}

/**
 * Fills in the defaults of training options and checks their values.
 *
 * @param defaults defaults of the net, which replace those of `TrainingOptions`
 * @throws ModelInputError `VALUE` or `SHAPE` naming the invalid option
 */
export function fillOptions(
  partial: TrainingOptions = {},
  classes: number,
  defaults: TrainingOptions = {},
) {
  const options = withDefaults(partial, defaults);
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
  requireRange('learningRate', full.learningRate, 0, 1e3);
  requireRange('warmUpEpochs', full.warmUpEpochs, 0, full.epochs);
  requireRange('labelSmoothing', full.labelSmoothing, 0, 1);
  requireRange('focalGamma', full.focalGamma, 0, 100);
  requireRange('augmentation.rotationDegrees', full.augmentation.rotationDegrees ?? 0, 0, 180);
  requireRange('augmentation.zoom', full.augmentation.zoom ?? 0, 0, 0.9);
  if (full.earlyStopping) requireWhole('earlyStopping.patience', full.earlyStopping.patience, 1);
  const { classWeights } = full;
  if (Array.isArray(classWeights) && classWeights.length !== classes)
    throw new ModelInputError(
      'SHAPE',
      `classWeights: expected ${classes} values, got ${classWeights.length}`,
    );
  return full;
}
