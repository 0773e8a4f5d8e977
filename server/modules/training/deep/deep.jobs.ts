import type { DataSource } from 'typeorm';
import { RetrainRunPhase, RetrainRunStatus } from '../../../../shared/enums';
import { deathReason, type DeathGuard } from '../../../jobs/deathGuard';
import type { HeadFit } from '../head/headFit';
import { RetrainRun } from '../retrainRun.entity';
import type { RetrainRunRepository } from '../retrainRun.repository';
import type { RunExecutor, StartedRun } from '../run/runExecutor';
import type { EmbedPhase } from './embedPhase';
import type { TrainingFolders } from './trainingFolders';
import type { TrainPhase } from './trainPhase';

const nextStep = 'Start it again with a smaller batch, or on a machine with more memory.';

export interface DeepJobsParts {
  dataSource: DataSource;
  executor: RunExecutor;
  deathGuard: DeathGuard;
  trainPhase: TrainPhase;
  embedPhase: EmbedPhase;
  headFit: HeadFit;
  folders: TrainingFolders;
  runs: RetrainRunRepository;
}

/**
 * Executes runs that train a network. The network becomes a backbone of the dataset. Every image is embedded with
 * it, and a head on the embeddings is measured and published as in any other run.
 */
export class DeepJobs {
  private isBusy = false;

  constructor(private readonly parts: DeepJobsParts) {}

  /** Executes the queued run whose turn it is. A job stands for any of them. */
  async run({ runId: sent }: { runId: string }, signal: AbortSignal): Promise<void> {
    // A machine trains one network at a time. The job is sent again while the run is queued.
    if (this.isBusy) return;
    this.isBusy = true;
    try {
      const executed = await this.executeNext(signal);
      if (executed) await this.cleanUp(executed);
      if (executed !== sent) await this.cleanUp(sent);
    } finally {
      this.isBusy = false;
    }
  }

  private async executeNext(signal: AbortSignal): Promise<string | undefined> {
    for (const runId of await this.parts.runs.inTurn('network')) {
      const ended = await this.parts.deathGuard.run('train', runId, {
        work: () => this.execute(runId, signal),
        giveUp: () => this.giveUp(runId),
      });
      if (ended) return runId;
    }
    return undefined;
  }

  private async giveUp(runId: string): Promise<void> {
    await this.parts.executor.giveUp(runId, deathReason('this training', nextStep));
    await this.cleanUp(runId);
  }

  private execute(runId: string, signal: AbortSignal): Promise<boolean> {
    const { executor, trainPhase, embedPhase, headFit } = this.parts;
    return executor.execute(runId, signal, async (started) => {
      await started.progress.enter(RetrainRunPhase.SNAPSHOT);
      const backboneId = backboneIdOf(started);
      await trainPhase.run(started, backboneId);
      await embedPhase.run(started, backboneId);
      await headFit.run(started, backboneId);
    });
  }

  /** Once a run has ended, its checkpoint is deleted and its unfinished change of the backbone given up. */
  private async cleanUp(runId: string): Promise<void> {
    const { dataSource, folders, embedPhase } = this.parts;
    const run = await dataSource.manager.findOneBy(RetrainRun, { id: runId });
    if (!run || run.status === RetrainRunStatus.RUNNING || run.status === RetrainRunStatus.QUEUED)
      return;
    await folders.remove(runId);
    await embedPhase.cancelChange(run);
  }
}

/** Contains the end of the dataset's id, so the networks of two datasets never share an id. */
const backboneIdOf = ({ run, dataset }: StartedRun) =>
  `${dataset.id.slice(-8)}-round-${run.number}`;
