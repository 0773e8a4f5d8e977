import type { ChildTrainingOrder } from '../../../../models/training/deep';

/** How a run trains its network. It is saved as a JSON file, so that a later attempt goes on with the same plan. */
export interface TrainingPlan {
  /** The network's name for people. */
  name: string;
  order: ChildTrainingOrder;
}
