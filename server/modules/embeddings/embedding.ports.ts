import type { EntityManager } from 'typeorm';
import type { Pool } from '../../../models/acquisition';
import type { Backbone } from '../../../models/backbones';
import type { Dataset } from '../datasets/dataset.ports';

/** After this many failures an image counts as one that cannot be embedded. */
export const maxEmbeddingAttempts = 3;

/** A dataset's embeddings. Row r belongs to the image with ordinal r. */
export interface FeatureMatrix {
  /** The backbone that made the embeddings. */
  backboneId: string;
  dimensions: number;
  /** 1 where the ordinal has a row. */
  present: Uint8Array;
  /** Rows normalised for heads, in the order of the ordinals given. */
  rows(ordinals: Int32Array): Promise<Float32Array>;
  /** The same rows as they are stored: half floats, not normalised. */
  halves(ordinals: Int32Array): Promise<Uint16Array>;
  close(): Promise<void>;
}

/** Opens embeddings on machines that may lack the backbone. The caller closes the matrix. */
export interface FeatureMatrices {
  open(datasetId: string, backboneId: string, dimensions: number): Promise<FeatureMatrix>;
  /** Undefined while no image is embedded. */
  openStored(datasetId: string, backboneId: string): Promise<FeatureMatrix | undefined>;
}

/** An image that may be asked about, or has been. */
export interface PoolImage {
  id: string;
  ordinal: number;
  classId: string | null;
  leased: boolean;
}

/** A dataset's images as a pool. Row r of the pool is `images[r]`. */
export interface ImagePool {
  pool: Pool;
  images: readonly PoolImage[];
  /** The row of an ordinal, if it has one. */
  rowOf: ReadonlyMap<number, number>;
}

export interface ImagePools {
  /** All embedded images that are not held out, in the dataset's fixed random order. */
  images(datasetId: string, matrix: FeatureMatrix): Promise<PoolImage[]>;
  /** The pool of the first images that are not all labelled. It is read while the matrix is open. */
  open(datasetId: string, matrix: FeatureMatrix, all: readonly PoolImage[]): Promise<ImagePool>;
}

/** The backbones that this machine has. */
export interface InstalledBackbones {
  /** Finds added and removed backbones. */
  refresh(): Promise<unknown>;
  byId(id: string): Backbone | undefined;
}

export interface NewTrainedBackbone {
  id: string;
  datasetId: string;
  runId: string;
  name: string;
  /** Path of the ONNX file on this machine. */
  onnxFile: string;
}

/** Keeps the networks that runs trained. */
export interface TrainedBackboneStore {
  /** Examines and stores the file, then records it. A repeated call replaces the file and the record. */
  add(backbone: NewTrainedBackbone): Promise<void>;
}

/** The images that wait for an embedding. */
export interface EmbeddingQueue {
  /** Whether every image that can be embedded is. */
  isEmbedded(manager: EntityManager, datasetId: string, backboneId: string): Promise<boolean>;
  /** Queues new images, once for each backbone. */
  addImages(
    manager: EntityManager,
    imageIds: readonly string[],
    backboneIds: readonly string[],
  ): Promise<void>;
  /** Queues a dataset's images that this backbone has not embedded. Failed ones are tried again. */
  addDataset(manager: EntityManager, datasetId: string, backboneId: string): Promise<void>;
}

/** Ends a change of a dataset's backbone. The caller's transaction holds the lock on the dataset. */
export interface BackboneSwitch {
  /** The next backbone becomes the dataset's own. */
  complete(manager: EntityManager, dataset: Pick<Dataset, 'id' | 'backboneId'>): Promise<void>;
  /** The current backbone stays. Embeddings by the next one are kept for another time. */
  cancel(manager: EntityManager, datasetId: string, nextBackboneId: string): Promise<void>;
}

/** How far a dataset's change of its backbone is. */
export interface BackboneProgress {
  /** The next backbone. */
  backboneId: string;
  runId: string | null;
  embedded: number;
  total: number;
  failed: number;
  imagesPerSecond: number | null;
}

/** The runs that a change of the backbone starts and stops. The training module implements it. */
export interface BackboneRuns {
  /** Whether there are enough labels for a run. */
  hasLabelsForRun(datasetId: string): Promise<boolean>;
  isActive(manager: EntityManager, datasetId: string): Promise<boolean>;
  /** Starts the run that ends the change, once per change. */
  startForBackbone(datasetId: string): Promise<void>;
  /** Cancels the active run if it is fitted on this backbone. */
  cancelOn(manager: EntityManager, datasetId: string, backboneId: string): Promise<void>;
}
