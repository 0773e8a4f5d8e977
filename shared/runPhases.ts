import { Recipe, RetrainRunPhase } from './enums';

const { SNAPSHOT, TRAIN, EMBED, FIT, EVALUATE, RESCORE, ORDER, PUBLISH } = RetrainRunPhase;
const head = [FIT, EVALUATE, RESCORE, ORDER, PUBLISH] as const;

/** The phases of a run of each recipe, in order. */
export const runPhases: Readonly<Record<Recipe, readonly RetrainRunPhase[]>> = {
  [Recipe.HEAD]: [SNAPSHOT, ...head],
  [Recipe.FINETUNE]: [SNAPSHOT, TRAIN, EMBED, ...head],
  [Recipe.SCRATCH]: [SNAPSHOT, TRAIN, EMBED, ...head],
};
