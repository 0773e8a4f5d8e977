/**
 * The public exports of `models/training/deep`. Code outside `models/` imports this file, or
 * `tensorflow.ts` for the exports that load TensorFlow.js.
 */
export type { LabelledImage } from './data/dataLoader';
export type { DeepNet } from './network/net';
export type { NetRecipe } from './network/recipe';
export { fileCheckpoints } from './run/checkpoint';
export {
  trainInChildProcess,
  type ChildTrainingOrder,
  type ChildTrainingResult,
} from './run/childProcess';
export type { TrainingOptions } from './run/options';
export type { DeepProgress } from './run/progress';
export { withReplay } from './run/retrain';
export type { DeepImages } from './run/trainingInput';
