import type { DataSource } from 'typeorm';
import type { Logger } from 'pino';
import { Dataset, type HeadPenaltyRecord } from '../../datasets/dataset.entity';
import type { CrossValidator, CrossValidationWork } from './crossValidator';
import type { PseudoLabeller } from './pseudoLabeller';
import type { RunSnapshot } from '../run/runSnapshot';

/** What was chosen for heads on this backbone. */
export function penaltyOf({
  dataset: { headPenalty },
  backboneId,
}: Pick<CrossValidationWork, 'dataset' | 'backboneId'>): HeadPenaltyRecord | undefined {
  return headPenalty?.backboneId === backboneId ? headPenalty : undefined;
}

/** How strongly heads are held back: chosen once a run is published, for those to come, so that nobody waits. */
export class HeadPenalties {
  constructor(
    private readonly dataSource: DataSource,
    private readonly crossValidator: CrossValidator,
    private readonly logger: Logger,
  ) {}

  /** Does nothing while the last choice rests on nearly as many labels; runs go on with that one if this fails. */
  async choose(
    work: CrossValidationWork,
    snapshot: RunSnapshot,
    pseudoLabeller: PseudoLabeller,
  ): Promise<void> {
    const { dataset, backboneId, progress } = work;
    try {
      const chosen = penaltyOf(work);
      const next = await this.crossValidator.choosePenalty(work, snapshot, pseudoLabeller, chosen);
      if (!next || next === chosen) return;
      const headPenalty: HeadPenaltyRecord = { backboneId, ...next };
      await this.dataSource.manager.update(Dataset, { id: dataset.id }, { headPenalty });
    } catch (error) {
      if (!progress.stop.signal.aborted)
        this.logger.warn({ err: error, datasetId: dataset.id }, 'choosing a penalty failed');
    }
  }
}
