import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource, EntityManager } from 'typeorm';
import { RetrainRunPhase } from '../../../../shared/enums';
import type { JobQueue } from '../../../jobs/jobQueue';
import type { DatasetWriter } from '../../datasets/dataset.ports';
import type { BackboneSwitch, EmbeddingQueue } from '../../embeddings/embedding.ports';
import type { EventRecorder } from '../../events/event.ports';
import { RetrainRun } from '../retrainRun.entity';
import type { StartedRun } from '../run/runExecutor';
import type { DeepRunRepository } from './deepRun.repository';

const pollMs = 250;

export interface EmbedPhaseParts {
  dataSource: DataSource;
  datasets: DatasetWriter;
  embeddingQueue: EmbeddingQueue;
  backboneSwitch: BackboneSwitch;
  deepRuns: DeepRunRepository;
  events: EventRecorder;
  jobs: JobQueue;
}

/** Embeds every image of the dataset with a newly trained network, on all free workers. */
export class EmbedPhase {
  constructor(private readonly parts: EmbedPhaseParts) {}

  /** Waits until every image is embedded, including those that people add meanwhile. @throws RunStoppedError */
  async run(started: StartedRun, backboneId: string): Promise<void> {
    const { dataset, progress } = started;
    const { dataSource, embeddingQueue, deepRuns, jobs } = this.parts;
    await progress.enter(RetrainRunPhase.EMBED);
    await dataSource.transaction((manager) => this.beginChange(manager, started, backboneId));
    jobs.wake('embed');
    while (!(await embeddingQueue.isEmbedded(dataSource.manager, dataset.id, backboneId))) {
      progress.report(await deepRuns.embeddedShare(dataset.id, backboneId));
      progress.check();
      await delay(pollMs, undefined, { signal: progress.stop.signal }).catch(() => {});
    }
    await progress.settle();
  }

  /** Gives up the change of the backbone that a run began and did not publish. */
  async cancelChange({ id: runId, datasetId }: RetrainRun): Promise<void> {
    const { dataSource, datasets, backboneSwitch } = this.parts;
    await dataSource.transaction(async (manager) => {
      const { nextBackboneId, nextBackboneRunId } = await datasets.lock(manager, datasetId);
      if (nextBackboneRunId !== runId || !nextBackboneId) return;
      await backboneSwitch.cancel(manager, datasetId, nextBackboneId);
      await this.recordChange(manager, datasetId);
    });
  }

  /** Makes the network the dataset's next backbone, instead of any other change under way. */
  private async beginChange(
    manager: EntityManager,
    { run, dataset: { id: datasetId } }: StartedRun,
    backboneId: string,
  ): Promise<void> {
    const { datasets, embeddingQueue, backboneSwitch, jobs } = this.parts;
    const dataset = await datasets.lock(manager, datasetId);
    if (dataset.backboneId === backboneId) return;
    const { nextBackboneId } = dataset;
    if (nextBackboneId && nextBackboneId !== backboneId)
      await backboneSwitch.cancel(manager, datasetId, nextBackboneId);
    const by = { personId: run.startedBy, runId: run.id };
    await datasets.setNextBackbone(manager, datasetId, backboneId, by);
    await manager.update(RetrainRun, { id: run.id, attempt: run.attempt }, { backboneId });
    await embeddingQueue.addDataset(manager, datasetId, backboneId);
    await jobs.send('embed', { datasetId }, { manager });
    await this.recordChange(manager, datasetId);
  }

  private recordChange(manager: EntityManager, datasetId: string): Promise<void> {
    return this.parts.events.record(manager, { datasetId, type: 'dataset.changed', payload: {} });
  }
}
