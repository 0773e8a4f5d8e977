import type { DataSource } from 'typeorm';
import { createScorer } from '../../../models/training';
import type { JobQueue } from '../../jobs/jobQueue';
import type { Dataset, DatasetReader } from '../datasets/dataset.ports';
import type { EmbeddingService } from '../embeddings/embedding.service';
import type { EventRecorder } from '../events/event.ports';
import type { PublishedModels } from '../training/model.ports';
import type { PredictionRepository } from './prediction.repository';
import { toPredictions } from './toPredictions';

const imagesPerStep = 2_000;

export interface PredictionJobsParts {
  dataSource: DataSource;
  datasets: DatasetReader;
  predictions: PredictionRepository;
  embeddings: EmbeddingService;
  models: PublishedModels;
  events: EventRecorder;
  jobs: JobQueue;
}

/** Predicts images that were added after the current model was published. */
export class PredictionJobs {
  constructor(private readonly parts: PredictionJobsParts) {}

  async run({ datasetId }: { datasetId: string }, signal: AbortSignal): Promise<void> {
    const dataset = await this.parts.datasets.find(datasetId);
    if (!dataset) return;
    const runId = dataset.currentRunId;
    const predicted = runId ? await this.predictMissing(dataset, runId, signal) : 0;
    if (predicted > 0 && runId)
      await this.parts.events.record(this.parts.dataSource.manager, {
        datasetId,
        type: 'predictions.updated',
        payload: { runId, count: predicted },
      });
    // Without a model, new images are still ordered, by their embeddings.
    if (predicted > 0 || !runId) await this.parts.jobs.send('order', { datasetId });
  }

  private async predictMissing(
    dataset: Dataset,
    runId: string,
    signal: AbortSignal,
  ): Promise<number> {
    const model = await this.parts.models.load(runId);
    if (!model) return 0;
    const waiting = await this.parts.predictions.unpredicted(
      dataset.id,
      model.backboneId,
      runId,
      1,
    );
    const matrix =
      waiting.length > 0 && (await this.parts.embeddings.features(dataset.id, model.backboneId));
    if (!matrix) return 0;
    const scorer = await createScorer({
      head: model.head,
      dimensions: model.dimensions,
      classes: model.classIds.length,
    });
    let total = 0;
    try {
      while (!signal.aborted) {
        const found = await this.parts.predictions.unpredicted(
          dataset.id,
          model.backboneId,
          runId,
          imagesPerStep,
        );
        const images = found.filter(({ ordinal }) => matrix.present[ordinal]);
        if (images.length === 0) break;
        const features = await matrix.rows(Int32Array.from(images, ({ ordinal }) => ordinal));
        const scores = await scorer.score(features, images.length);
        const ids = images.map(({ imageId }) => imageId);
        const rows = toPredictions(runId, scores, ids, model.classIds);
        if (!(await this.parts.predictions.addToCurrent(dataset.id, runId, rows))) break;
        total += rows.length;
      }
    } finally {
      await scorer.dispose();
      await matrix.close();
    }
    return total;
  }
}
