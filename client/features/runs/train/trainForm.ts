import { deepLimits } from '../../../../shared/deepOptions';
import type { ClassBalance, LibRunFragment, Recipe } from '../../../gql/operations';
import { formatDuration } from '../../../lib/format';

export type NetworkRecipe = Exclude<Recipe, 'HEAD'>;

/** What the dialog asks. Number fields hold text while they are being written. */
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
  /** Old images per new one; empty for all. The three count only when it goes on from last weights. */
  replayRatio: number | string;
  shrinkPercent: number | string;
  perturbPercent: number | string;
}

const usual = {
  FINETUNE: { epochs: 10, learningRate: 0.005 },
  SCRATCH: { epochs: 30, learningRate: 0.01 },
} as const;

export const freshForm = (recipe: NetworkRecipe): TrainForm => ({
  recipe,
  ...usual[recipe],
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
  NONE: 'As they are',
  WEIGHTED: 'Every class counts alike',
  OVERSAMPLED: 'Show small classes more often',
  UNDERSAMPLED: 'Show only a part of large classes',
};

/** Faults by field; none when the form can be sent. */
export function faultsOf(form: TrainForm): Partial<Record<keyof TrainForm, string>> {
  const within = (value: number | string, least: number, most: number) =>
    value !== '' && Number(value) >= least && Number(value) <= most
      ? undefined
      : `Give ${least} to ${most}.`;
  const faults = {
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
  return Object.fromEntries(Object.entries(faults).filter(([, fault]) => fault));
}

/** The part of the mutation's input that says how to train. */
export const trainingOf = (form: TrainForm) => ({
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

type Earlier = Pick<LibRunFragment, 'number' | 'recipe' | 'engine'> & {
  training: { imagesPerSecond: number | null } | null;
};

/** How long it will take, from what was measured here; without a measurement it says so. */
export function estimateOf(
  { recipe, epochs }: Pick<TrainForm, 'recipe' | 'epochs'>,
  labels: number,
  earlier: readonly Earlier[],
): string {
  const like = earlier.find((run) => run.recipe === recipe && run.training?.imagesPerSecond);
  const pace = like?.training?.imagesPerSecond;
  if (!like || !pace)
    return 'How long it takes is known after its first batch: minutes on a GPU, and on processors alone up to hours. You can cancel at any time; heads go on being fitted meanwhile.';
  const seconds = (Number(epochs) * labels) / pace;
  return `About ${formatDuration(seconds)} at the ${pace.toFixed(pace < 10 ? 1 : 0)} images/s that round ${like.number} reached. Heads go on being fitted meanwhile.`;
}
