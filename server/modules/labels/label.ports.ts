import type { EntityManager } from 'typeorm';
import type { Dataset } from '../datasets/dataset.ports';

export type { Label } from './label.entity';

/** Decides which labelled images need a further answer. The crowd module implements it. */
export interface SecondOpinionQueue {
  /** Adds or removes the image after an answer was recorded or undone, in the same transaction. */
  refresh(manager: EntityManager, dataset: Dataset, imageId: string): Promise<void>;
}
