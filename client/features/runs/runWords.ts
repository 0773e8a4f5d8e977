import type {
  Recipe,
  RetrainRunPhase,
  RetrainRunStatus,
  RetrainRunTrigger,
} from '../../gql/operations';

export const phases: RetrainRunPhase[] = [
  'SNAPSHOT',
  'FIT',
  'EVALUATE',
  'RESCORE',
  'ORDER',
  'PUBLISH',
];

export const phaseWords: Record<RetrainRunPhase, string> = {
  SNAPSHOT: 'Snapshot',
  FIT: 'Fit',
  EVALUATE: 'Evaluate',
  RESCORE: 'Rescore',
  ORDER: 'Order',
  PUBLISH: 'Publish',
};

export const phaseHints: Record<RetrainRunPhase, string> = {
  SNAPSHOT: 'Takes the labels as they are now',
  FIT: 'Fits the classifier on them',
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
  status: RetrainRunStatus;
  phase: RetrainRunPhase | null;
}): PhaseState[] {
  if (run.status === 'PUBLISHED') return phases.map(() => 'done');
  const at = run.phase ? phases.indexOf(run.phase) : -1;
  return phases.map((_, index) => {
    if (index < at) return 'done';
    return index === at && run.status === 'RUNNING' ? 'now' : 'ahead';
  });
}

export const isActive = (status: RetrainRunStatus) => status === 'QUEUED' || status === 'RUNNING';
