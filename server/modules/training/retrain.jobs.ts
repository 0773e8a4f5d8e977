import type { DataSource } from 'typeorm';
import { RetrainRunPhase } from '../../../shared/enums';
import { isLiveWorker } from '../../jobs/liveWorkers';
import type { EmbeddingService } from '../embeddings/embedding.service';
import type { HeadFit } from './head/headFit';
import { RetrainRun } from './retrainRun.entity';
import type { RunAttempts } from './run/runAttempts';

/** Runs of the recipe `head`: a new head on the backbone's embeddings. */
export class RetrainJobs {
  constructor(
    private readonly dataSource: DataSource,
    private readonly embeddings: EmbeddingService,
    private readonly attempts: RunAttempts,
    private readonly heads: HeadFit,
  ) {}

  async run({ runId }: { runId: string }, signal: AbortSignal): Promise<void> {
    if (!(await this.isOurs(runId))) return;
    await this.attempts.make(runId, signal, async (started) => {
      await started.progress.enter(RetrainRunPhase.SNAPSHOT);
      await this.heads.run(started, started.run.backboneId ?? started.dataset.backboneId);
    });
  }

  /** A run on a backbone that this machine lacks is left to a worker that has it, while one lives. */
  private async isOurs(runId: string): Promise<boolean> {
    const run = await this.dataSource.manager.findOneBy(RetrainRun, { id: runId });
    if (!run?.backboneId || this.embeddings.has(run.backboneId)) return true;
    const others: unknown[] = await this.dataSource.query(
      `SELECT 1 FROM worker WHERE $1 = ANY(backbone_ids) AND ${isLiveWorker} LIMIT 1`,
      [run.backboneId],
    );
    return others.length === 0;
  }
}
