import { readFile, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { rowLock } from '../../../database/rowLock';
import { RetrainRunPhase, RetrainRunStatus } from '../../../../shared/enums';
import type { JobQueue } from '../../../jobs/jobQueue';
import type { ImageStore } from '../../../storage/imageStore';
import { Dataset } from '../../datasets/dataset.entity';
import type { BackboneRegistry } from '../../embeddings/backboneRegistry';
import { endChange, isEmbedded, queueImages } from '../../embeddings/backboneSwitch';
import type { TrainedBackbones } from '../../embeddings/trainedBackbones';
import type { EventStore } from '../../events/eventStore';
import { weightsKey, type DeepTasks } from './deepTasks';
import type { HeadFit } from '../head/headFit';
import { RetrainRun } from '../retrainRun.entity';
import type { RunAttempts, StartedRun } from '../run/runAttempts';
import type { TrainingWatch } from './trainingWatch';

/** How often it is looked whether every image is embedded. */
const lookMs = 250;

/**
 * Runs that train a network. The network becomes a backbone of the dataset's own; every image is embedded with
 * it, and a head on it is measured and published as in any other run.
 */
export class DeepJobs {
  private isBusy = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly store: ImageStore,
    private readonly registry: BackboneRegistry,
    private readonly trained: TrainedBackbones,
    private readonly attempts: RunAttempts,
    private readonly heads: HeadFit,
    private readonly events: EventStore,
    private readonly jobs: JobQueue,
    private readonly tasks: DeepTasks,
    private readonly watch: TrainingWatch,
  ) {}

  async run({ runId }: { runId: string }, signal: AbortSignal): Promise<void> {
    // One at a time on a machine: another one waits in its queue until it is sent again.
    if (this.isBusy) return;
    this.isBusy = true;
    try {
      await this.attempt(runId, signal);
      await this.tidy(runId);
    } finally {
      this.isBusy = false;
    }
  }

  private async attempt(runId: string, signal: AbortSignal): Promise<void> {
    await this.attempts.make(runId, signal, async (started) => {
      await started.progress.enter(RetrainRunPhase.SNAPSHOT);
      const backboneId = backboneIdOf(started);
      if (!(await this.isTrained(backboneId))) await this.train(started, backboneId);
      await started.progress.enter(RetrainRunPhase.EMBED);
      await this.embed(started, backboneId);
      await this.heads.run(started, backboneId);
    });
  }

  /** An attempt that was killed after its training need not train again. */
  private async isTrained(backboneId: string): Promise<boolean> {
    await this.registry.refresh();
    return this.registry.byId(backboneId) !== undefined;
  }

  private async train(started: StartedRun, backboneId: string): Promise<void> {
    const { run, dataset, progress } = started;
    const { name, order } = await this.tasks.prepare(started);
    await progress.enter(RetrainRunPhase.TRAIN);
    const files = (await this.tasks.finished(run.id)) ?? (await this.watch.follow(started, order));
    const { onnxFile, weightsFile } = files;
    const file = await readFile(onnxFile);
    await this.store.put(weightsKey(backboneId), await readFile(weightsFile));
    await this.dataSource.transaction((manager) =>
      this.trained.add(manager, {
        id: backboneId,
        datasetId: dataset.id,
        runId: run.id,
        name,
        file,
      }),
    );
    await this.registry.refresh();
    await this.removeFiles(run.id);
  }

  /** Every image is embedded by whichever workers are free; new ones that come meanwhile too. */
  private async embed({ run, dataset, progress }: StartedRun, backboneId: string): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const locked = await manager.findOneOrFail(Dataset, {
        where: { id: dataset.id },
        lock: rowLock,
      });
      if (locked.backboneId === backboneId) return;
      const { nextBackboneId } = locked;
      if (nextBackboneId && nextBackboneId !== backboneId)
        await endChange(manager, dataset.id, nextBackboneId);
      await manager.update(
        Dataset,
        { id: dataset.id },
        { nextBackboneId: backboneId, nextBackboneRunId: run.id },
      );
      await manager.update(RetrainRun, { id: run.id, attempt: run.attempt }, { backboneId });
      await queueImages(manager, dataset.id, backboneId);
      await this.jobs.send('embed', { datasetId: dataset.id }, manager);
      const { id: datasetId } = dataset;
      await this.events.record(manager, { datasetId, type: 'dataset.changed', payload: {} });
    });
    this.jobs.wake('embed');
    const { manager } = this.dataSource;
    while (!(await isEmbedded(manager, dataset.id, backboneId))) {
      progress.report(await this.shareEmbedded(dataset.id, backboneId));
      progress.check();
      await delay(lookMs, undefined, { signal: progress.stop.signal }).catch(() => {});
    }
    await progress.settle();
  }

  private async shareEmbedded(datasetId: string, backboneId: string): Promise<number> {
    const rows: { share: number }[] = await this.dataSource.query(
      `SELECT 1 - (SELECT count(*) FROM embedding_pending WHERE dataset_id = $1 AND backbone_id = $2)::real
         / greatest(next_ordinal, 1) AS share FROM dataset WHERE id = $1`,
      [datasetId, backboneId],
    );
    return rows[0]?.share ?? 0;
  }

  /** A run that is over needs no checkpoint, and one that did not publish leaves no change of the backbone. */
  private async tidy(runId: string): Promise<void> {
    const run = await this.dataSource.manager.findOneBy(RetrainRun, { id: runId });
    if (!run || run.status === RetrainRunStatus.RUNNING || run.status === RetrainRunStatus.QUEUED)
      return;
    await this.removeFiles(runId);
    await this.dataSource.transaction(async (manager) => {
      const dataset = await manager.findOneOrFail(Dataset, {
        where: { id: run.datasetId },
        lock: rowLock,
      });
      const { id: datasetId, nextBackboneId, nextBackboneRunId } = dataset;
      if (nextBackboneRunId !== runId || !nextBackboneId) return;
      await endChange(manager, datasetId, nextBackboneId);
      await this.events.record(manager, { datasetId, type: 'dataset.changed', payload: {} });
    });
  }

  private removeFiles(runId: string): Promise<void> {
    return rm(this.tasks.folderOf(runId), { recursive: true, force: true });
  }
}

/** Of the dataset's own: nobody else's network has this name. */
const backboneIdOf = ({ run, dataset }: StartedRun) =>
  `${dataset.id.slice(-8)}-round-${run.number}`;
