import type { Logger } from 'pino';
import { isPenaltyChoiceDue } from '../../../../models/training';
import type { DatasetWriter, HeadPenaltyRecord } from '../../datasets/dataset.ports';
import type { CrossValidator } from './crossValidator';
import type { HeadFitInput, HeadRun } from './headRun';

/** The penalty that was chosen for heads on this backbone. */
export function penaltyOf({
  dataset: { headPenalty },
  backboneId,
}: Pick<HeadRun, 'dataset' | 'backboneId'>): HeadPenaltyRecord | undefined {
  return headPenalty?.backboneId === backboneId ? headPenalty : undefined;
}

export interface HeadPenaltiesParts {
  datasets: DatasetWriter;
  crossValidator: CrossValidator;
  logger: Logger;
}

/** Chooses the L2 penalty of later heads. It does so after a run is published, so that nobody waits for it. */
export class HeadPenalties {
  constructor(private readonly parts: HeadPenaltiesParts) {}

  /** Does nothing until labels have doubled since the last choice. If it fails, that choice stays. */
  async choose(input: HeadFitInput): Promise<void> {
    const { dataset, backboneId, progress, snapshot, penalty } = input;
    const { datasets, crossValidator, logger } = this.parts;
    // Asked first: a choice reads the features of all labelled images.
    if (!isPenaltyChoiceDue(penalty, snapshot.labelled.ordinals.length)) return;
    try {
      const next = await crossValidator.choosePenalty(input);
      if (!next || next === penalty) return;
      const headPenalty: HeadPenaltyRecord = { backboneId, ...next };
      await datasets.setHeadPenalty(dataset.id, headPenalty);
    } catch (error) {
      if (!progress.stop.signal.aborted)
        logger.warn({ err: error, datasetId: dataset.id }, 'choosing a penalty failed');
    }
  }
}
