import type { Head } from '../../../models/training';
import type { Dataset } from '../datasets/dataset.ports';
import type { FeatureMatrix } from '../embeddings/embedding.ports';
import type { RetrainRun } from './retrainRun.entity';

/** A published head with the backbone and the classes that it belongs to. */
export interface StoredModel {
  runId: string;
  datasetId: string;
  backboneId: string;
  classIds: string[];
  dimensions: number;
  head: Head;
  /** The head's logits were divided by this for calibrated confidences. */
  temperature: number;
}

/** Reads the heads of published runs. */
export interface PublishedModels {
  load(runId: string): Promise<StoredModel | undefined>;
  /** The backbone that the run's head was fitted on. Undefined if the run was not published. */
  backboneOf(runId: string): Promise<string | undefined>;
}

export interface RescoreInput {
  run: Pick<RetrainRun, 'id' | 'attempt'>;
  dataset: Pick<Dataset, 'id'>;
  matrix: FeatureMatrix;
  progress: {
    /** @param fraction 0 to 1 */
    report(fraction: number): void;
    /** Throws when the work has to stop. */
    check(): void;
    settle(): Promise<void>;
  };
  classIds: readonly string[];
  head: Head;
}

/** Predicts every embedded image with a head, and writes the predictions into the attempt's own table. */
export type Rescore = (input: RescoreInput) => Promise<unknown>;
