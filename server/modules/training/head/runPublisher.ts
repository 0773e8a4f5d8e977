import type { DataSource, EntityManager } from 'typeorm';
import type { Head } from '../../../../models/training';
import type { DatasetWriter } from '../../datasets/dataset.ports';
import type { BackboneSwitch } from '../../embeddings/embedding.ports';
import type { EventRecorder } from '../../events/event.ports';
import type { RunMetricsRecord } from '../retrainRun.entity';
import type { PublishStep, QueueOrdering, RunPredictions, RunQueue } from '../run.ports';
import type { RunAttemptRepository } from '../run/runAttempt.repository';
import { RunStoppedError } from '../run/runErrors';
import type { HeadFitInput } from './headRun';
import type { ModelStore } from './modelStore';

/** All that a run has made, to be put in place together. */
export interface RunResults {
  head: Head;
  temperature: number;
  publishSteps: readonly PublishStep[];
  ordering: QueueOrdering;
  metrics: RunMetricsRecord;
  /** What computed the embeddings, in words for people. */
  engine: string;
}

export interface RunPublisherParts {
  dataSource: DataSource;
  datasets: DatasetWriter;
  backboneSwitch: BackboneSwitch;
  attempts: RunAttemptRepository;
  models: ModelStore;
  predictions: RunPredictions;
  queue: RunQueue;
  events: EventRecorder;
}

/** Makes a run's model, predictions and queue the current ones. */
export class RunPublisher {
  constructor(private readonly parts: RunPublisherParts) {}

  /**
   * Publishes in one transaction that the attempt guards. A worker that lost the run changes nothing.
   *
   * @throws RunStoppedError
   */
  async publish(
    { run, dataset, backboneId, matrix, snapshot }: HeadFitInput,
    { head, temperature, publishSteps, ordering, metrics, engine }: RunResults,
  ): Promise<void> {
    const { dataSource, datasets, attempts, models, predictions, queue, events } = this.parts;
    const runId = run.id;
    const datasetId = dataset.id;
    await dataSource.transaction(async (manager) => {
      await this.switchToBackbone(manager, datasetId, backboneId);
      if (!(await attempts.publish(manager, run, { metrics, engine })))
        throw new RunStoppedError(true);
      const { classIds } = snapshot;
      const { dimensions } = matrix;
      const model = { runId, datasetId, backboneId, classIds, dimensions, head, temperature };
      await models.save(manager, model);
      for (const step of publishSteps) await step(manager);
      await predictions.attach(manager, { runId, attempt: run.attempt });
      await datasets.setCurrentRun(manager, datasetId, runId);
      await queue.activate(manager, datasetId, ordering.orderingId, ordering.count);
      await events.record(manager, { datasetId, type: 'run.published', payload: { runId } });
    });
  }

  /** A run on the dataset's next backbone completes the change. Stops if that change was given up. */
  private async switchToBackbone(
    manager: EntityManager,
    datasetId: string,
    backboneId: string,
  ): Promise<void> {
    const { datasets, backboneSwitch, events } = this.parts;
    const dataset = await datasets.lock(manager, datasetId);
    if (backboneId === dataset.backboneId) return;
    if (backboneId !== dataset.nextBackboneId) throw new RunStoppedError(true);
    await backboneSwitch.complete(manager, dataset);
    await events.record(manager, { datasetId, type: 'dataset.changed', payload: {} });
  }
}
