import type { EntityManager } from 'typeorm';
import type { Scores } from '../../../models/training';
import type { Attempt, RunPredictions } from '../training/run.ports';
import type { RetainedPredictions } from './retainedPredictions';
import type { PredictionRepository } from './prediction.repository';
import { toPredictions } from './toPredictions';

/** Stores the predictions of a run: one table per attempt, attached when the run is published. */
export class RunPredictionTables implements RunPredictions {
  constructor(
    private readonly predictions: PredictionRepository,
    private readonly kept: RetainedPredictions,
  ) {}

  stage({ runId, attempt }: Attempt): Promise<void> {
    return this.predictions.stage(runId, attempt);
  }

  write(
    { runId, attempt }: Attempt,
    scores: Scores,
    imageIds: readonly string[],
    classIds: readonly string[],
  ): Promise<void> {
    return this.predictions.write(runId, attempt, toPredictions(runId, scores, imageIds, classIds));
  }

  attach(manager: EntityManager, { runId, attempt }: Attempt): Promise<void> {
    return this.predictions.attach(manager, runId, attempt);
  }

  discard({ runId, attempt }: Attempt): Promise<void> {
    return this.predictions.discard(runId, attempt);
  }

  dropSuperseded(datasetId: string): Promise<void> {
    return this.kept.dropSuperseded(datasetId);
  }
}
