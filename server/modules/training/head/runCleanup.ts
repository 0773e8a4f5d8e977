import type { Logger } from 'pino';
import type { JobQueue } from '../../../jobs/jobQueue';
import type { RunPredictions, RunQueue } from '../run.ports';

export interface RunCleanupParts {
  predictions: RunPredictions;
  queue: RunQueue;
  jobs: JobQueue;
  logger: Logger;
}

/** Removes what a published run replaced. A failure here does not fail the run. */
export class RunCleanup {
  constructor(private readonly parts: RunCleanupParts) {}

  async run(datasetId: string): Promise<void> {
    const { predictions, queue, jobs, logger } = this.parts;
    try {
      // Images that were embedded during the run have no prediction yet.
      await jobs.send('predict', { datasetId });
      await queue.pruneSuperseded(datasetId);
      await predictions.dropSuperseded(datasetId);
    } catch (error) {
      logger.warn({ err: error, datasetId }, 'cleaning up after a run failed');
    }
  }
}
