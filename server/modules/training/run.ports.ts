import type { EntityManager } from 'typeorm';
import type { Scores } from '../../../models/training';
import type { Dataset } from '../datasets/dataset.ports';
import type { RetrainRun } from './retrainRun.entity';
import type { FeatureMatrix } from '../embeddings/embedding.ports';

export type { RetrainRun, RunMetricsRecord } from './retrainRun.entity';

/** One attempt at a run. Its rows carry both, so they never mix with those of an abandoned attempt. */
export interface Attempt {
  runId: string;
  attempt: number;
}

/** Stores the predictions of a run. The predictions module implements it; the composition root connects them. */
export interface RunPredictions {
  /** Creates the attempt's own table. */
  stage(attempt: Attempt): Promise<void>;
  write(
    attempt: Attempt,
    scores: Scores,
    imageIds: readonly string[],
    classIds: readonly string[],
  ): Promise<void>;
  /** Makes the attempt's predictions readable, in the transaction that publishes the run. */
  attach(manager: EntityManager, attempt: Attempt): Promise<void>;
  discard(attempt: Attempt): Promise<void>;
  /** Drops predictions of older runs that are not retained. */
  dropSuperseded(datasetId: string): Promise<void>;
}

/** The labelled images of a run, each predicted by a head that was not trained on it. */
export interface OutOfFold {
  /** Column k is classIds[k]. */
  classIds: readonly string[];
  ordinals: Int32Array;
  /** Column of each image's agreed class. */
  labels: Int32Array;
  /** 1 where the head that predicted the image was trained on that class. */
  known: Uint8Array;
  /** 1 in the random sample: the images before the first unlabelled one in the dataset's random order. */
  sampled: Uint8Array;
  /** Rows × classes. */
  logits: Float32Array;
  /** Rows × classes: softmax of the logits over the temperature, so they are calibrated. */
  probabilities: Float32Array;
  /** The most likely column of each row. */
  predicted: Int32Array;
  temperature: number;
}

/** Writes results in the transaction that publishes the run. */
export type PublishStep = (manager: EntityManager) => Promise<void>;

/** Derives results from the out-of-fold predictions of a run. */
export interface RunEvaluator {
  /** Computes before publication. @returns the step that writes the results */
  evaluate(
    work: { run: RetrainRun; dataset: Dataset; matrix: FeatureMatrix },
    outOfFold: OutOfFold,
  ): Promise<PublishStep>;
}

/** An order of the unlabelled images that is not in force yet. */
export interface QueueOrdering {
  orderingId: string;
  count: number;
}

/** Orders the images that annotators are asked about. The tasks module implements it. */
export interface RunQueue {
  /** Orders the unlabelled images. @param margins by ordinal */
  stage(
    dataset: Dataset,
    runId: string,
    matrix: FeatureMatrix,
    margins: Float32Array,
  ): Promise<QueueOrdering>;
  activate(
    manager: EntityManager,
    datasetId: string,
    orderingId: string,
    count: number,
  ): Promise<void>;
  pruneSuperseded(datasetId: string): Promise<void>;
}

/** Reads and changes runs for other modules. It checks no permission. */
export interface RunRows {
  /** @throws EntityNotFoundError */
  get(manager: EntityManager, id: string): Promise<RetrainRun>;
  /** The queued or running run that fits a head on the dataset's backbone. */
  findActiveHeadRun(manager: EntityManager, datasetId: string): Promise<RetrainRun | null>;
  /** The dropped predictions of the run exist again. */
  markRestored(manager: EntityManager, id: string): Promise<void>;
}

/** How a run did on one class, by its out-of-fold predictions. */
export interface RunClass {
  classId: string;
  /** Labels of this class that were predicted out of fold. */
  labels: number;
  /** Share of the images predicted as this class that belong to it. Null if there were none. */
  precision: number | null;
  /** Share of the images of this class that were predicted as it. Null without labels. */
  recall: number | null;
}

export interface RunClassReports {
  /** The classes of each run, most labels first. */
  classesOf(runIds: readonly string[]): Promise<Map<string, RunClass[]>>;
}
