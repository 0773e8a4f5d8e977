import { runPhases } from '../../../shared/runPhases';
import type {
  Recipe,
  RetrainRunPhase,
  RetrainRunStatus,
  RetrainRunTrigger,
} from '../../gql/operations';

/** The phases of a run with this recipe, in order. */
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
  SNAPSHOT: 'Takes a snapshot of the labels',
  TRAIN: 'Trains the network for several epochs',
  EMBED: 'Embeds every image with the new network',
  FIT: 'Fits the classifier to the embeddings',
  EVALUATE: 'Evaluates the model on labels it was not trained on',
  RESCORE: 'Predicts every image again',
  ORDER: 'Puts the most informative images first in the queue',
  PUBLISH: 'Makes the new model current for everybody',
};

export const statusWords: Record<RetrainRunStatus, { words: string; color: string }> = {
  QUEUED: { words: 'Queued', color: 'gray' },
  RUNNING: { words: 'Running', color: 'accent' },
  PUBLISHED: { words: 'Published', color: 'teal' },
  FAILED: { words: 'Failed', color: 'red' },
  CANCELLED: { words: 'Cancelled', color: 'gray' },
};

export const triggerWords: Record<RetrainRunTrigger, string> = {
  MANUAL: 'manual',
  AUTOMATIC: 'automatic',
  BACKBONE_CHANGED: 'after a backbone change',
};

export const recipeWords: Record<Recipe, string> = {
  HEAD: 'Head',
  FINETUNE: 'Fine-tune',
  SCRATCH: 'From scratch',
};

export type PhaseState = 'done' | 'active' | 'pending';

/**
 * Returns the state of each phase. A run that stopped early is done up to the phase it stopped in.
 */
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
    return index === at && run.status === 'RUNNING' ? 'active' : 'pending';
  });
}

export const isActive = (status: RetrainRunStatus) => status === 'QUEUED' || status === 'RUNNING';
