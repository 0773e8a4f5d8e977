import type { DataSource } from 'typeorm';
import type { Logger } from 'pino';
import { Dataset, type HeadPenaltyRecord } from '../datasets/dataset.entity';
import type { Judge, JudgedWork } from './judge';
import type { Lending } from './lending';
import type { RunSnapshot } from './runSnapshot';

/** What was chosen for heads on this backbone. */
export function penaltyOf({
  dataset: { headPenalty },
  backboneId,
}: Pick<JudgedWork, 'dataset' | 'backboneId'>): HeadPenaltyRecord | undefined {
  return headPenalty?.backboneId === backboneId ? headPenalty : undefined;
}

/** How strongly heads are held back: chosen once a run is published, for those to come, so that nobody waits. */
export class HeadPenalties {
  constructor(
    private readonly dataSource: DataSource,
    private readonly judge: Judge,
    private readonly logger: Logger,
  ) {}

  /** Does nothing while the last choice rests on nearly as many labels; runs go on with that one if this fails. */
  async choose(work: JudgedWork, snapshot: RunSnapshot, lending: Lending): Promise<void> {
    const { dataset, backboneId, progress } = work;
    try {
      const chosen = penaltyOf(work);
      const next = await this.judge.choosePenalty(work, snapshot, lending, chosen);
      if (!next || next === chosen) return;
      const headPenalty: HeadPenaltyRecord = { backboneId, ...next };
      await this.dataSource.manager.update(Dataset, { id: dataset.id }, { headPenalty });
    } catch (error) {
      if (!progress.stop.signal.aborted)
        this.logger.warn({ err: error, datasetId: dataset.id }, 'choosing a penalty failed');
    }
  }
}
