import type { DataSource } from 'typeorm';
import { RetrainRunPhase } from '../../../shared/enums';
import { deathReason, type DeathGuard } from '../../jobs/deathGuard';
import { hasLiveWorker } from '../../jobs/liveWorkers';
import type { EmbeddingService } from '../embeddings/embedding.service';
import type { HeadFit } from './head/headFit';
import { RetrainRun } from './retrainRun.entity';
import type { RetrainRunRepository } from './retrainRun.repository';
import type { RunExecutor } from './run/runExecutor';

const nextStep = 'Start a new run when the cause is gone.';

export interface RetrainJobsParts {
  dataSource: DataSource;
  embeddings: EmbeddingService;
  executor: RunExecutor;
  deathGuard: DeathGuard;
  headFit: HeadFit;
  runs: RetrainRunRepository;
}

/** Executes runs of the recipe `head`, which fit a new head on the backbone's embeddings. */
export class RetrainJobs {
  constructor(private readonly parts: RetrainJobsParts) {}

  /** Executes the queued run whose turn it is. A job stands for any of them. */
  async run(signal: AbortSignal): Promise<void> {
    for (const runId of await this.parts.runs.inTurn('head')) {
      if (await this.canAnotherWorkerRun(runId)) continue;
      const ended = await this.parts.deathGuard.run('retrain', runId, {
        work: () => this.execute(runId, signal),
        giveUp: () => this.giveUp(runId),
      });
      if (ended) return;
    }
  }

  private execute(runId: string, signal: AbortSignal): Promise<boolean> {
    const { executor, headFit } = this.parts;
    return executor.execute(runId, signal, async (started) => {
      await started.progress.enter(RetrainRunPhase.SNAPSHOT);
      await headFit.run(started, started.run.backboneId ?? started.dataset.backboneId);
    });
  }

  private giveUp(runId: string): Promise<void> {
    return this.parts.executor.giveUp(runId, deathReason('this run', nextStep));
  }

  /** Whether this machine lacks the run's backbone and a live worker has it. */
  private async canAnotherWorkerRun(runId: string): Promise<boolean> {
    const { dataSource, embeddings } = this.parts;
    const run = await dataSource.manager.findOneBy(RetrainRun, { id: runId });
    if (!run?.backboneId || embeddings.has(run.backboneId)) return false;
    return hasLiveWorker(dataSource, run.backboneId);
  }
}
