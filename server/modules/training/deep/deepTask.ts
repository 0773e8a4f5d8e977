import type { ChildTrainingOrder } from '../../../../models/training/deep';

/** All that training a network takes, as a JSON file: an attempt that goes on finds it as it was. */
export interface DeepTask {
  /** What people call the network. */
  name: string;
  order: ChildTrainingOrder;
}
