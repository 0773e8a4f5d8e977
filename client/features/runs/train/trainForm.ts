import { deepLimits } from '../../../../shared/deepOptions';
import type { ClassBalance, LibRunFragment, Recipe } from '../../../gql/operations';
import { formatDuration } from '../../../lib/format';

export type NetworkRecipe = Exclude<Recipe, 'HEAD'>;

/** The values of the dialog. A number field holds text while it is edited. */
export interface TrainForm {
  recipe: NetworkRecipe;
  epochs: number | string;
  learningRate: number | string;
  flip: boolean;
  rotationDegrees: number | string;
  zoomPercent: number | string;
  balance: ClassBalance;
  fromBlock: string;
  continueLast: boolean;
  /** Old images per new image, or empty for all. These three apply only with `continueLast`. */
  replayRatio: number | string;
  shrinkPercent: number | string;
  perturbPercent: number | string;
}

const defaults = {
  FINETUNE: { epochs: 10, learningRate: 0.005 },
  SCRATCH: { epochs: 30, learningRate: 0.01 },
} as const;

export const defaultForm = (recipe: NetworkRecipe): TrainForm => ({
  recipe,
  ...defaults[recipe],
  flip: true,
  rotationDegrees: 0,
  zoomPercent: 0,
  balance: 'NONE',
  fromBlock: '',
  continueLast: false,
  replayRatio: '',
  shrinkPercent: 100,
  perturbPercent: 0,
});

export const balanceWords: Record<ClassBalance, string> = {
  NONE: 'Unchanged',
  WEIGHTED: 'Class weights',
  OVERSAMPLED: 'Oversample small classes',
  UNDERSAMPLED: 'Undersample large classes',
};

/** Returns an error message per invalid field. It is empty if the form can be sent. */
export function errorsOf(form: TrainForm): Partial<Record<keyof TrainForm, string>> {
  const within = (value: number | string, min: number, max: number) =>
    value !== '' && Number(value) >= min && Number(value) <= max
      ? undefined
      : `Enter a number from ${min} to ${max}.`;
  const errors = {
    epochs: within(form.epochs, 1, deepLimits.maxEpochs),
    learningRate: within(form.learningRate, deepLimits.minLearningRate, deepLimits.maxLearningRate),
    rotationDegrees: within(form.rotationDegrees, 0, deepLimits.maxRotationDegrees),
    zoomPercent: within(form.zoomPercent, 0, 100 * deepLimits.maxZoom),
    ...(form.continueLast && {
      replayRatio:
        form.replayRatio === ''
          ? undefined
          : within(form.replayRatio, 0, deepLimits.maxReplayRatio),
      shrinkPercent: within(form.shrinkPercent, 0, 100),
      perturbPercent: within(form.perturbPercent, 0, 100 * deepLimits.maxPerturb),
    }),
  };
  return Object.fromEntries(Object.entries(errors).filter(([, error]) => error));
}

/** Converts the form to the mutation's `training` input. */
export const trainingInput = (form: TrainForm) => ({
  epochs: Number(form.epochs),
  learningRate: Number(form.learningRate),
  flip: form.flip,
  rotationDegrees: Number(form.rotationDegrees),
  zoom: Number(form.zoomPercent) / 100,
  balance: form.balance,
  continueLast: form.continueLast,
  ...(form.continueLast && {
    ...(form.replayRatio !== '' && { replayRatio: Number(form.replayRatio) }),
    shrink: Number(form.shrinkPercent) / 100,
    perturb: Number(form.perturbPercent) / 100,
  }),
  ...(form.recipe === 'FINETUNE' && form.fromBlock.trim() && { fromBlock: form.fromBlock.trim() }),
});

type EarlierRun = Pick<LibRunFragment, 'number' | 'recipe' | 'engine'> & {
  training: { imagesPerSecond: number | null } | null;
};

/** Estimates the training time from the speed of an earlier run, if there is one. */
export function timeEstimate(
  { recipe, epochs }: Pick<TrainForm, 'recipe' | 'epochs'>,
  labels: number,
  earlier: readonly EarlierRun[],
): string {
  const similar = earlier.find((run) => run.recipe === recipe && run.training?.imagesPerSecond);
  const speed = similar?.training?.imagesPerSecond;
  if (!similar || !speed)
    return 'The time is known after the first batch: minutes on a GPU, up to hours on a CPU. You can cancel at any time. Head runs continue in the meantime.';
  const seconds = (Number(epochs) * labels) / speed;
  return `About ${formatDuration(seconds)} at the ${speed.toFixed(speed < 10 ? 1 : 0)} images/s of round ${similar.number}. Head runs continue in the meantime.`;
}
