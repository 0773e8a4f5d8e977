import type { EntityManager } from 'typeorm';
import type { LabelOrigin, Split } from '../../../shared/enums';
import type { Dataset } from '../datasets/dataset.ports';
import type { Image } from './image.entity';

export type { Image } from './image.entity';

/** Reads and changes image rows for other modules. It checks no permission. */
export interface ImageRows {
  find(id: string): Promise<Image | null>;
  /** @throws EntityNotFoundError */
  get(manager: EntityManager, id: string): Promise<Image>;
  /** The row stays locked until the transaction ends. @throws EntityNotFoundError */
  lock(manager: EntityManager, id: string): Promise<Image>;
  /** Locks the images that have no consensus, in a fixed order. @returns their ids */
  lockUnlabelled(manager: EntityManager, ids: readonly string[]): Promise<Set<string>>;
  /** Gives unlabelled images their consensus, and a split to those that have none. */
  settle(manager: EntityManager, settled: SettledImages): Promise<void>;
  change(manager: EntityManager, id: string, changes: Partial<Image>): Promise<void>;
}

/** Images that get the same consensus, with the split of each. */
export interface SettledImages {
  classId: string;
  origin: LabelOrigin;
  imageIds: readonly string[];
  splits: readonly Split[];
}

/** The class that an uploaded file came with. */
export interface ImportedLabel {
  image: Pick<Image, 'id'>;
  classId: string;
}

/** Records the labels that came with uploaded files. The labels module implements it. */
export interface ImportedLabels {
  /** Runs in the transaction that stores the images. */
  import(
    manager: EntityManager,
    dataset: Dataset,
    personId: string,
    given: readonly ImportedLabel[],
  ): Promise<void>;
}
