import type { EntityManager } from 'typeorm';
import type { Scores } from '../../../models/training';
import type { Dataset } from '../datasets/dataset.entity';
import type { RetrainRun } from './retrainRun.entity';
import type { FeatureMatrix } from '../embeddings/featureCache';

/** One try at a run: what it writes carries both, so that a try that was given up never mixes in. */
export interface Attempt {
  runId: string;
  attempt: number;
}

/**
 * Where a run's results go. Training knows only this: the predictions and tasks modules take them in, and the
 * composition root joins the two.
 */
export interface RunPredictions {
  stage(attempt: Attempt): Promise<void>;
  write(
    attempt: Attempt,
    scores: Scores,
    imageIds: readonly string[],
    classIds: readonly string[],
  ): Promise<void>;
  attach(manager: EntityManager, attempt: Attempt): Promise<void>;
  discard(attempt: Attempt): Promise<void>;
  dropSuperseded(datasetId: string): Promise<void>;
}

/** The labelled images of a run, each judged by a head that never saw it. */
export interface OutOfFold {
  /** Column k is classIds[k]. */
  classIds: readonly string[];
  ordinals: Int32Array;
  /** Column of each image's agreed class. */
  labels: Int32Array;
  /** 1 where the judging head knew that class. */
  known: Uint8Array;
  /** 1 in the random sample: the images that come first in the dataset's random order and are all labelled. */
  sampled: Uint8Array;
  /** Rows × classes. */
  logits: Float32Array;
  /** Rows × classes, calibrated: softmax of the logits over the temperature. */
  probabilities: Float32Array;
  /** The most likely column of each. */
  predicted: Int32Array;
  temperature: number;
}

/** What a run found, written by the transaction that publishes it. */
export type RunSaver = (manager: EntityManager) => Promise<void>;

/** Learns something from what the heads said of labels they never saw. */
export interface RunReader {
  read(
    work: { run: RetrainRun; dataset: Dataset; matrix: FeatureMatrix },
    outOfFold: OutOfFold,
  ): Promise<RunSaver>;
}

export interface RunQueue {
  /** Orders what is unlabelled. `margins` are by ordinal. */
  stage(
    dataset: Dataset,
    runId: string,
    matrix: FeatureMatrix,
    margins: Float32Array,
  ): Promise<{ orderingId: string; count: number }>;
  activate(
    manager: EntityManager,
    datasetId: string,
    orderingId: string,
    count: number,
  ): Promise<void>;
  pruneSuperseded(datasetId: string): Promise<void>;
}
