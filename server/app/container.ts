import { join } from 'node:path';
import type { Logger } from 'pino';
import { ContractCache } from '../../models/backbones';
import { createDataSource } from '../database/dataSource';
import { prepareDatabase } from '../database/prepareDatabase';
import { operationLimits } from '../graphql/operations/operationLimits';
import { JobQueue } from '../jobs/jobQueue';
import { BackboneRegistry } from '../modules/embeddings/backboneRegistry';
import { TrainedBackboneRepository } from '../modules/embeddings/trainedBackbone.repository';
import { TrainedBackbones } from '../modules/embeddings/trainedBackbones';
import { ImageDecoder } from '../modules/images/decoding/imageDecoder';
import { EventHub } from '../modules/events/eventHub';
import { Limiter } from '../limits/limiter';
import { DiskRoom } from '../storage/diskRoom';
import { LocalImageStore } from '../storage/localImageStore';
import type { Config } from './config';
import { entities } from './entities';
import type { Base } from './services/base';
import { buildDatasetServices } from './services/datasetServices';
import {
  buildImageServices,
  buildLabelServices,
  buildTaskServices,
} from './services/labellingServices';
import { buildOrphanSweeper } from './services/orphans';
import { buildDeliveryServices, buildPredictionServices } from './services/resultServices';
import { buildRunServices } from './services/runServices';

export type Container = Awaited<ReturnType<typeof openContainer>>;

export interface ContainerOptions {
  config: Config;
  databaseUrl: string;
  logger: Logger;
  /** Whether this process also supervises the job queue, as workers do. */
  supervise: boolean;
}

/** Creates every service once and connects them. Only this file decides which adapter is used. */
export async function openContainer({ config, databaseUrl, logger, supervise }: ContainerOptions) {
  const dataSource = createDataSource({
    url: databaseUrl,
    poolSize: config.databasePool,
    entities,
    maxStatementSeconds: supervise ? 0 : operationLimits.mutationSeconds,
    maxIdleSeconds: supervise ? 60 : 5,
  });
  const jobs = new JobQueue(databaseUrl, logger, supervise);
  await dataSource.initialize();
  await prepareDatabase(dataSource, { createQueues: () => jobs.start() });
  const folder = join(config.dataFolder, 'store');
  const store = new LocalImageStore(folder, new DiskRoom(folder, config.minFreeBytes));
  const trainedFolder = join(config.dataFolder, 'cache', 'trained');
  const contracts = new ContractCache(join(config.cacheFolder, 'contracts'));
  const trainedRows = new TrainedBackboneRepository(dataSource);
  const trained = new TrainedBackbones(trainedRows, store, trainedFolder, contracts, logger);
  const { backboneFolders } = config;
  const backbones = await BackboneRegistry.open(backboneFolders, contracts, trained, logger);
  const limiter = new Limiter({
    budgets: config.budgets,
    dataSource: config.limitsTogether ? dataSource : undefined,
  });
  const decoder = new ImageDecoder(decoderOptions(config));
  const adapters = { dataSource, logger, jobs, store, decoder, trained, backbones };
  const services = buildServices({ ...adapters, config, limiter });
  const orphans = buildOrphanSweeper(store, {
    images: services.imageRows,
    uploads: services.uploadRows,
  });
  const hub = new EventHub(services.events, logger, {
    pollMs: config.eventPollMs,
    queue: config.subscriberQueue,
    stalledAfterMs: config.stalledAfterSeconds * 1000,
  });
  await hub.start();
  return {
    ...services,
    config,
    logger,
    dataSource,
    jobs,
    decoder,
    orphans,
    hub,
    close: async () => {
      await hub.stop();
      await jobs.stop();
      decoder.close();
      await services.explanations.dispose();
      await dataSource.destroy();
    },
  };
}

/**
 * A worker reads one archive at a time, and this archive may use all decoders. In the API, one person
 * may use all decoders but one.
 */
const decoderOptions = ({ role, decoders, decodeSeconds, decoderMiB }: Config) => ({
  processes: decoders,
  perPerson: role === 'worker' ? decoders : Math.max(1, decoders - 1),
  deadlineMs: decodeSeconds * 1000,
  memoryMiB: decoderMiB,
});

/** Each group of services is built on the groups before it. */
function buildServices(base: Base) {
  const withDatasets = { ...base, ...buildDatasetServices(base) };
  const withImages = { ...withDatasets, ...buildImageServices(withDatasets) };
  const withTasks = { ...withImages, ...buildTaskServices(withImages) };
  const withLabels = { ...withTasks, ...buildLabelServices(withTasks) };
  const withRuns = { ...withLabels, ...buildRunServices(withLabels) };
  const withPredictions = { ...withRuns, ...buildPredictionServices(withRuns) };
  return { ...withPredictions, ...buildDeliveryServices(withPredictions) };
}
