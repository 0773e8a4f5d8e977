import type { EntityManager } from 'typeorm';
import type { Scores } from '../../../models/training/score';
import type { Dataset } from '../datasets/dataset.entity';
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
