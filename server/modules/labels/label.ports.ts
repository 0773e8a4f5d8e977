import type { EntityManager } from 'typeorm';
import type { Dataset } from '../datasets/dataset.ports';
import type { Image } from '../images/image.ports';
import type { ConsensusEvent } from './deriveConsensus';

/** Records what settles an image besides labels, in the transaction that does it. */
export interface SettledByOthers {
  add(
    manager: EntityManager,
    events: readonly {
      image: Pick<Image, 'id' | 'datasetId'>;
      event: Exclude<ConsensusEvent, { kind: 'recorded' | 'undone' }>;
    }[],
  ): Promise<void>;
}

export type { Label } from './label.entity';

/** Decides which labelled images need a further answer. The crowd module implements it. */
export interface SecondOpinionQueue {
  /** Adds or removes the image after an answer was recorded or undone, in the same transaction. */
  refresh(manager: EntityManager, dataset: Dataset, imageId: string): Promise<void>;
}
