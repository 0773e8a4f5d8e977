import { runPhases } from '../../../shared/runPhases';
import type {
  Recipe,
  RetrainRunPhase,
  RetrainRunStatus,
  RetrainRunTrigger,
} from '../../gql/operations';

/** What a run of the recipe goes through, in order. */
export const phasesOf = (recipe: Recipe): readonly RetrainRunPhase[] => runPhases[recipe];

export const phaseWords: Record<RetrainRunPhase, string> = {
  SNAPSHOT: 'Snapshot',
  TRAIN: 'Train',
  EMBED: 'Embed',
  FIT: 'Fit',
  EVALUATE: 'Evaluate',
  RESCORE: 'Rescore',
  ORDER: 'Order',
  PUBLISH: 'Publish',
};

export const phaseHints: Record<RetrainRunPhase, string> = {
  SNAPSHOT: 'Takes the labels as they are now',
  TRAIN: 'Trains the network, epoch by epoch',
  EMBED: 'Embeds every image with the new network',
  FIT: 'Fits the classifier on what the backbone sees',
  EVALUATE: 'Measures it on labels the fit never saw',
  RESCORE: 'Predicts every image anew',
  ORDER: 'Puts the most telling images first in the queue',
  PUBLISH: 'Makes it the current model for everybody',
};

export const statusWords: Record<RetrainRunStatus, { words: string; color: string }> = {
  QUEUED: { words: 'Queued', color: 'gray' },
  RUNNING: { words: 'Running', color: 'accent' },
  PUBLISHED: { words: 'Published', color: 'teal' },
  FAILED: { words: 'Failed', color: 'red' },
  CANCELLED: { words: 'Cancelled', color: 'gray' },
};

export const triggerWords: Record<RetrainRunTrigger, string> = {
  MANUAL: 'by hand',
  AUTOMATIC: 'automatic',
  BACKBONE_CHANGED: 'the backbone changed',
};

export const recipeWords: Record<Recipe, string> = {
  HEAD: 'Head',
  FINETUNE: 'Fine-tune',
  SCRATCH: 'From scratch',
};

export type PhaseState = 'done' | 'now' | 'ahead';

/** Where each phase stands. A run that is over has done its phases up to where it stopped. */
export function phaseStates(run: {
  recipe: Recipe;
  status: RetrainRunStatus;
  phase: RetrainRunPhase | null;
}): PhaseState[] {
  const phases = phasesOf(run.recipe);
  if (run.status === 'PUBLISHED') return phases.map(() => 'done');
  const at = run.phase ? phases.indexOf(run.phase) : -1;
  return phases.map((_, index) => {
    if (index < at) return 'done';
    return index === at && run.status === 'RUNNING' ? 'now' : 'ahead';
  });
}

export const isActive = (status: RetrainRunStatus) => status === 'QUEUED' || status === 'RUNNING';
