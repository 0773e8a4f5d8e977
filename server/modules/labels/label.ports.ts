import type { EntityManager } from 'typeorm';
import type { Dataset } from '../datasets/dataset.ports';
import type { Image } from '../images/image.ports';
import type { ConsensusEvent } from './deriveConsensus';

/** A change of a consensus that no label caused: a known class, or the decision of a run. */
export interface SettlingEvent {
  image: Pick<Image, 'id' | 'datasetId'>;
  event: Exclude<ConsensusEvent, { kind: 'recorded' | 'undone' }>;
}

/** Records the changes of a consensus that no label caused. */
export interface SettledByOthers {
  /** Runs in the transaction that changes the images. */
  add(manager: EntityManager, events: readonly SettlingEvent[]): Promise<void>;
}

export type { Label } from './label.entity';

/** Decides which labelled images need a further answer. The crowd module implements it. */
export interface SecondOpinionQueue {
  /** Adds or removes the image after an answer was recorded or undone, in the same transaction. */
  refresh(manager: EntityManager, dataset: Dataset, imageId: string): Promise<void>;
}
