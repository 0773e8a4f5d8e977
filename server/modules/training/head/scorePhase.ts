import type { DataSource } from 'typeorm';
import type { Head } from '../../../../models/training';
import { RetrainRunPhase } from '../../../../shared/enums';
import type { QueueOrdering, RunPredictions, RunQueue } from '../run.ports';
import type { HeadFitInput } from './headRun';
import { rescore } from './rescore';

export interface ScoredImages {
  rescoredCount: number;
  ordering: QueueOrdering;
}

/** Predicts every image with the new head and orders the unlabelled ones by it. */
export class ScorePhase {
  constructor(
    private readonly parts: {
      dataSource: DataSource;
      predictions: RunPredictions;
      queue: RunQueue;
    },
  ) {}

  async run(input: HeadFitInput, head: Head): Promise<ScoredImages> {
    const { run, dataset, matrix, progress, snapshot } = input;
    const { dataSource, predictions, queue } = this.parts;
    await progress.enter(RetrainRunPhase.RESCORE);
    const { classIds } = snapshot;
    const { margins, count } = await rescore(dataSource, predictions, { ...input, classIds, head });
    await progress.enter(RetrainRunPhase.ORDER);
    const ordering = await queue.stage(dataset, run.id, matrix, margins);
    return { rescoredCount: count, ordering };
  }
}
