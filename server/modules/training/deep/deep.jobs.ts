import type { DataSource } from 'typeorm';
import { RetrainRunPhase, RetrainRunStatus } from '../../../../shared/enums';
import { deathReason } from '../../../jobs/guardJobs';
import type { HeadFit } from '../head/headFit';
import { RetrainRun } from '../retrainRun.entity';
import type { RunExecutor, StartedRun } from '../run/runExecutor';
import type { EmbedPhase } from './embedPhase';
import type { TrainingFolders } from './trainingFolders';
import type { TrainPhase } from './trainPhase';

const nextStep = 'Start it again with a smaller batch, or on a machine with more memory.';

export interface DeepJobsParts {
  dataSource: DataSource;
  executor: RunExecutor;
  trainPhase: TrainPhase;
  embedPhase: EmbedPhase;
  headFit: HeadFit;
  folders: TrainingFolders;
}

/**
 * Executes runs that train a network. The network becomes a backbone of the dataset. Every image is embedded with
 * it, and a head on the embeddings is measured and published as in any other run.
 */
export class DeepJobs {
  private isBusy = false;

  constructor(private readonly parts: DeepJobsParts) {}

  async run({ runId }: { runId: string }, signal: AbortSignal): Promise<void> {
    // A machine trains one network at a time. The job is sent again while the run is queued.
    if (this.isBusy) return;
    this.isBusy = true;
    try {
      await this.execute(runId, signal);
      await this.cleanUp(runId);
    } finally {
      this.isBusy = false;
    }
  }

  async giveUp({ runId }: { runId: string }): Promise<void> {
    await this.parts.executor.giveUp(runId, deathReason('this training', nextStep));
    await this.cleanUp(runId);
  }

  private async execute(runId: string, signal: AbortSignal): Promise<void> {
    const { executor, trainPhase, embedPhase, headFit } = this.parts;
    await executor.execute(runId, signal, async (started) => {
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
