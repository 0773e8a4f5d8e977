import type { EntityManager } from 'typeorm';
import type { Viewer } from '../../domain/viewer';
import type { EventRecord } from '../events/event.ports';
import type { Dataset, HeadPenaltyRecord } from './dataset.entity';
import { isReviewer } from './dataset.policy';

export type { Class } from './class.entity';
export type { Dataset, HeadPenaltyRecord } from './dataset.entity';
export type { DatasetAction } from './dataset.policy';
export { isReviewer } from './dataset.policy';

/** Reads dataset rows for jobs and for transactions of other modules. It checks no permission. */
export interface DatasetReader {
  find(id: string): Promise<Dataset | null>;
  /** @throws EntityNotFoundError */
  get(manager: EntityManager, id: string): Promise<Dataset>;
  /** The row stays locked until the transaction ends. @throws EntityNotFoundError */
  lock(manager: EntityManager, id: string): Promise<Dataset>;
  lockIfExists(manager: EntityManager, id: string): Promise<Dataset | null>;
}

/** The labels and embeddings that a run has seen. Later ones count towards the next automatic run. */
export interface SnapshotMark {
  /** Id of the last label event. */
  eventId: string;
  /** The PostgreSQL snapshot before the embeddings were read. */
  seen: string;
}

/** Changes dataset rows for other modules. No other code writes the table. */
export interface DatasetWriter extends DatasetReader {
  /** The caller holds the lock and numbers its new images from `nextOrdinal`. */
  takeOrdinals(manager: EntityManager, id: string, count: number): Promise<void>;
  /** The caller holds the lock and gives its run the number `nextRunNumber`. */
  takeRunNumber(manager: EntityManager, id: string): Promise<void>;
  saveSnapshotMark(manager: EntityManager, id: string, mark: SnapshotMark): Promise<void>;
  setCurrentRun(manager: EntityManager, id: string, runId: string): Promise<void>;
  setCurrentOrdering(manager: EntityManager, id: string, orderingId: string): Promise<void>;
  setHeadPenalty(id: string, penalty: HeadPenaltyRecord): Promise<void>;
  setCertificateEpsilon(manager: EntityManager, id: string, epsilon: number): Promise<void>;
  /** For a dataset that has no backbone yet. */
  setBackbone(manager: EntityManager, id: string, backboneId: string): Promise<void>;
  /** Begins a change of the backbone. `runId` is the run that ends it, if that exists already. */
  setNextBackbone(
    manager: EntityManager,
    id: string,
    backboneId: string,
    by: { personId: string | null; runId?: string },
  ): Promise<void>;
  /** Names the run that ends the change of the backbone. */
  setNextBackboneRun(manager: EntityManager, id: string, runId: string): Promise<void>;
  /** Nothing happens if the dataset changes to another backbone by now. */
  setNextBackboneRate(id: string, backboneId: string, imagesPerSecond: number): Promise<void>;
  /** The next backbone becomes the current one. */
  switchBackbone(manager: EntityManager, id: string): Promise<void>;
  /** The current backbone stays. */
  endBackboneChange(manager: EntityManager, id: string): Promise<void>;
  /** Gives this backbone to every dataset that has none. */
  adoptBackbone(manager: EntityManager, backboneId: string): Promise<void>;
}

/** How many images, labels and predictions a dataset has. */
export interface DatasetCounts {
  images: number;
  labelled: number;
  embedded: number;
  predicted: number;
  heldOut: number;
  labels: number;
  leased: number;
}

/** Counts, and what people who may not know gold images must not see in them. */
export interface CountedDataset extends DatasetCounts {
  createdBy: string;
  /** Labelled only because they are gold. */
  unansweredGold: number;
}

/** The counts as the viewer may know them: a gold image without an answer is not labelled. */
export const countsFor = (
  viewer: Viewer | null,
  counts: CountedDataset | undefined,
): DatasetCounts | undefined =>
  counts && !isReviewer(viewer, counts)
    ? { ...counts, labelled: counts.labelled - counts.unansweredGold }
    : counts;

/** Counts for events: once per event, for all clients that receive it. */
export interface EventCounts {
  atEvent(event: EventRecord): Promise<CountedDataset | undefined>;
}

export interface DefaultBackbone {
  /** The backbone of new datasets. Null if this server has none. */
  defaultBackboneId(): string | null;
}

export interface SecondOpinionSettings {
  /** Runs in the transaction that changes the settings. */
  applySettings(manager: EntityManager, dataset: Dataset): Promise<void>;
}

/** The rules of certificates for a dataset's settings. */
export interface CertificateSettings {
  /** @throws InvalidInputError naming the field */
  checkEpsilon(field: string, value: number): number;
  /** @throws InvalidInputError naming the field */
  checkAlpha(field: string, value: number): number;
  /** Runs in the transaction that changes alpha. @throws InvalidStateError while attempts share it */
  applyAlpha(manager: EntityManager, datasetId: string): Promise<void>;
}

/** What other modules decide about the settings of a dataset. */
export interface DatasetSettings {
  backbones: DefaultBackbone;
  secondOpinions: SecondOpinionSettings;
  certificates: CertificateSettings;
}
