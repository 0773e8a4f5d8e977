import { join } from 'node:path';
import { DeathGuard } from '../jobs/deathGuard';
import { guardJobs, type GiveUps } from '../jobs/guardJobs';
import type { HeldWork } from '../jobs/heldWork';
import type { JobHandlers, ScheduledJob } from '../jobs/jobMap';
import type { WorkerDeathsRepository } from '../jobs/workerDeaths.repository';
import { EmbeddingJobs } from '../modules/embeddings/embedding.jobs';
import type { EmbeddingRepository } from '../modules/embeddings/embedding.repository';
import type { EmbeddingService } from '../modules/embeddings/embedding.service';
import { CachedImagePools } from '../modules/embeddings/imagePools';
import { ImportJobs } from '../modules/images/imports/import.jobs';
import { PredictionJobs } from '../modules/predictions/prediction.jobs';
import { RestoreJobs } from '../modules/predictions/restore.jobs';
import { RunPredictionTables } from '../modules/predictions/runPredictions';
import { QueueOrderer } from '../modules/tasks/ordering';
import { OrderingJobs } from '../modules/tasks/ordering.jobs';
import { createDeepJobs } from '../modules/training/deep/createDeepJobs';
import { createHeadFit } from '../modules/training/head/createHeadFit';
import { rescore } from '../modules/training/head/rescore';
import { RetrainJobs } from '../modules/training/retrain.jobs';
import { RunAttemptRepository } from '../modules/training/run/runAttempt.repository';
import { RunExecutor } from '../modules/training/run/runExecutor';
import type { Container } from './container';

/** What a worker adds to the services of its process. */
export interface WorkerParts {
  workerId: string;
  embeddings: EmbeddingService;
  embeddingRepository: EmbeddingRepository;
  deaths: WorkerDeathsRepository;
  held: HeldWork;
}

type Handlers<K extends keyof JobHandlers> = Pick<JobHandlers, K>;

/** Creates the handlers of all jobs without a schedule. A job that ends its workers is given up. */
export function createJobHandlers(
  container: Container,
  worker: WorkerParts,
): Omit<JobHandlers, ScheduledJob> {
  // Jobs act for no viewer, so they read datasets without a check of permissions.
  const deathGuard = new DeathGuard(worker.deaths, container.logger);
  const services = { ...container, datasets: container.datasetRows, ...worker, deathGuard };
  const pools = new CachedImagePools(container.dataSource);
  const orderer = new QueueOrderer(container.dataSource, pools, container.queue);
  const runs = runHandlers(services, pools, orderer);
  const handlers = {
    ...imageHandlers(services),
    ...predictionHandlers(services, orderer),
    ...runs.handlers,
  };
  return guardJobs(handlers, deathGuard, runs.giveUps);
}

type Services = Omit<Container, 'datasets'> &
  WorkerParts & { datasets: Container['datasetRows']; deathGuard: DeathGuard };

function imageHandlers(services: Services): Handlers<'embed' | 'import'> {
  const { embeddingRepository, embeddingQueue, backboneChanges, ingest } = services;
  const embed = new EmbeddingJobs({
    ...services,
    repository: embeddingRepository,
    queue: embeddingQueue,
    changes: backboneChanges,
  });
  const imports = new ImportJobs({ ...services, imageIngest: ingest });
  return {
    embed: (data, signal) => embed.run(data, signal),
    import: (data, signal) => imports.run(data, signal),
  };
}

function predictionHandlers(
  services: Services,
  orderer: QueueOrderer,
): Handlers<'predict' | 'order'> {
  const predict = new PredictionJobs(services);
  const order = new OrderingJobs({ ...services, orderer });
  return {
    predict: (data, signal) => predict.run(data, signal),
    order: (data) => order.run(data),
  };
}

function runHandlers(
  services: Services,
  pools: CachedImagePools,
  orderer: QueueOrderer,
): { handlers: Handlers<'retrain' | 'train' | 'restore'>; giveUps: GiveUps } {
  const { dataSource, config, backbones, queue, runRows } = services;
  const predictions = new RunPredictionTables(services.predictions, services.kept);
  const attempts = new RunAttemptRepository(dataSource);
  const executor = new RunExecutor({ ...services, attempts, predictions });
  const headFit = createHeadFit({
    ...services,
    attempts,
    pools,
    predictions,
    queue: {
      stage: (...args) => orderer.stage(...args),
      activate: (...args) => queue.activate(...args),
      pruneSuperseded: (datasetId) => queue.pruneSuperseded(datasetId),
    },
    // Images before lanes, which is the order in which an answer locks them.
    evaluators: [services.runReports, services.certificateSamples, services.crowdReader],
  });
  const retrain = new RetrainJobs({ ...services, runs: runRows, executor, headFit });
  const train = createDeepJobs({
    ...services,
    registry: backbones,
    executor,
    headFit,
    folder: join(config.dataFolder, 'cache', 'training'),
    engine: { backend: config.tfjsBackend, threads: config.threads },
    runs: runRows,
    maxTrainingSeconds: config.maxTrainingHours * 3_600,
  });
  const restore = new RestoreJobs({
    ...services,
    runs: runRows,
    predictions,
    rescore: (input) => rescore(dataSource, predictions, input),
  });
  return {
    handlers: {
      retrain: (_, signal) => retrain.run(signal),
      train: (data, signal) => train.run(data, signal),
      restore: (data, signal) => restore.run(data, signal),
    },
    giveUps: {
      restore: (data) => restore.giveUp(data),
      // Nothing waits for these two. The next image or run asks for them again.
      predict: () => Promise.resolve(),
      order: () => Promise.resolve(),
    },
  };
}
