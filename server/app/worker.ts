import { hostname } from 'node:os';
import { join } from 'node:path';
import { v4 as uuid } from 'uuid';
import { chooseOnnxProvider } from '../../models/engine';
import { BackboneSessions } from '../modules/embeddings/backboneSessions';
import { EmbeddingJobs } from '../modules/embeddings/embedding.jobs';
import { EmbeddingRepository } from '../modules/embeddings/embedding.repository';
import { CachedImagePools } from '../modules/embeddings/imagePools';
import { EmbeddingService } from '../modules/embeddings/embedding.service';
import type { EventRecord, EventType } from '../modules/events/event.ports';
import { ImportJobs } from '../modules/images/import.jobs';
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
import { coalesced } from '../jobs/coalesce';
import type { JobHandlers } from '../jobs/jobMap';
import type { Container } from './container';
import { WorkerPresence } from './workerPresence';

const sweepEveryMs = 5_000;

export interface Worker {
  close: () => Promise<void>;
}

/** Takes jobs. Any number can run, on any machine that reaches the database and the image store. */
export async function startWorker(container: Container): Promise<Worker> {
  const { dataSource, jobs, backbones, config } = container;
  const backboneIds = () => backbones.all.map(({ id }) => id);
  const presence = await WorkerPresence.announce(dataSource, uuid(), hostname(), backboneIds);
  const repository = new EmbeddingRepository(dataSource, presence.id);
  const { providers } = await chooseOnnxProvider(config.onnxProvider);
  const embeddings = new EmbeddingService(
    backbones,
    container.features,
    new BackboneSessions(backbones, { threads: config.threads, providers }),
  );
  const backboneId = backbones.defaultBackboneId();
  if (backboneId) await container.backboneSwitch.adopt(backboneId);
  await jobs.work(handlersOf(container, embeddings, repository, presence.id));
  const sweep = coalesced(() => sweepOnce(container, repository));
  await sweep('all');
  const sweeper = setInterval(() => void sweep('all'), sweepEveryMs);
  container.hub.onEvent((event) => react(container, event));
  return {
    close: async () => {
      clearInterval(sweeper);
      await jobs.stop();
      await repository.unclaim();
      await embeddings.dispose();
      await presence.end();
    },
  };
}

function handlersOf(
  c: Container,
  embeddings: EmbeddingService,
  repository: EmbeddingRepository,
  workerId: string,
): JobHandlers {
  const { dataSource, events, jobs, store, logger } = c;
  const pools = new CachedImagePools(dataSource);
  const orderer = new QueueOrderer(dataSource, pools, c.queue);
  const datasets = c.datasetRows;
  const { embeddingQueue, backboneSwitch } = c;
  const embed = new EmbeddingJobs({
    dataSource,
    datasets,
    repository,
    queue: embeddingQueue,
    embeddings,
    changes: c.backboneChanges,
    store,
    events,
    jobs,
    logger,
  });
  const predict = new PredictionJobs({
    datasets,
    dataSource,
    predictions: c.predictions,
    embeddings,
    models: c.models,
    events,
    jobs,
  });
  const order = new OrderingJobs({
    dataSource,
    datasets,
    embeddings,
    predictions: c.predictions,
    orderer,
    orderings: c.orderings,
    queue: c.queue,
  });
  const runPredictions = new RunPredictionTables(c.predictions, c.kept);
  const attempts = new RunAttemptRepository(dataSource);
  const executor = new RunExecutor({
    dataSource,
    datasets,
    attempts,
    predictions: runPredictions,
    events,
    logger,
    workerId,
  });
  const headFit = createHeadFit({
    dataSource,
    datasets,
    backboneSwitch,
    attempts,
    embeddings,
    pools,
    models: c.models,
    predictions: runPredictions,
    queue: {
      stage: (...args) => orderer.stage(...args),
      activate: (...args) => c.queue.activate(...args),
      pruneSuperseded: (datasetId) => c.queue.pruneSuperseded(datasetId),
    },
    // Images before lanes, which is the order in which an answer locks them.
    evaluators: [c.runReports, c.certificateSamples, c.crowdReader],
    events,
    jobs,
    logger,
  });
  const retrain = new RetrainJobs({ dataSource, embeddings, executor, headFit });
  const { config } = c;
  const train = createDeepJobs({
    dataSource,
    datasets,
    embeddingQueue,
    backboneSwitch,
    store,
    registry: c.backbones,
    trained: c.trained,
    executor,
    headFit,
    events,
    jobs,
    folder: join(config.dataFolder, 'cache', 'training'),
    engine: { backend: config.tfjsBackend, threads: config.threads },
  });
  const restore = new RestoreJobs({
    dataSource,
    datasets,
    features: c.features,
    models: c.models,
    runs: c.runRows,
    rescore: (input) => rescore(dataSource, runPredictions, input),
    predictions: runPredictions,
    kept: c.kept,
    restorations: c.restorations,
    events,
  });
  const imports = new ImportJobs({
    dataSource,
    datasets,
    imports: c.imports,
    store,
    imageIngest: c.ingest,
    events,
    workerId,
  });
  return {
    embed: (data, signal) => embed.run(data, signal),
    predict: (data, signal) => predict.run(data, signal),
    order: (data) => order.run(data),
    retrain: (data, signal) => retrain.run(data, signal),
    train: (data, signal) => train.run(data, signal),
    restore: (data, signal) => restore.run(data, signal),
    import: (data, signal) => imports.run(data, signal),
    maintain: () => maintain(c),
  };
}

/** Reacts to events at once. The sweep and the poll would find the same work a little later. */
function react(
  { automaticRuns, jobs, certificateAudits, logger }: Container,
  event: EventRecord,
): void {
  if (event.type === 'run.progressed') jobs.wake('retrain');
  if (event.type === 'run.progressed') jobs.wake('train');
  if (event.type === 'run.progressed') jobs.wake('restore');
  if (event.type === 'images.embedded') jobs.wake('predict');
  if (event.type === 'import.progressed') jobs.wake('import');
  const report = (what: string) => (error: unknown) => {
    logger.error({ err: error, datasetId: event.datasetId }, `${what} failed`);
  };
  // The job for these images may have run before their transaction was committed.
  if (event.type === 'images.stored')
    jobs.send('embed', { datasetId: event.datasetId }).catch(report('queueing embeddings'));
  if (certified.has(event.type))
    certificateAudits.review(event.datasetId).catch(report('reviewing certificates'));
  if (
    event.type === 'label.recorded' ||
    event.type === 'images.stored' ||
    event.type === 'images.embedded' ||
    event.type === 'run.published'
  )
    automaticRuns.startIfDue(event.datasetId).catch(report('starting an automatic run'));
}

/** Events that can change a certificate. */
const certified: ReadonlySet<EventType> = new Set([
  'label.recorded',
  'label.undone',
  'images.stored',
  'classes.changed',
] as const);

/**
 * Finds work that a dead worker or a lost message left behind. A failure of one step does not stop
 * the others.
 */
async function sweepOnce(container: Container, repository: EmbeddingRepository): Promise<void> {
  const { dispatcher, automaticRuns, backbones, backboneChanges } = container;
  const { restorations, certificateAudits, logger } = container;
  const looks = [
    () => backbones.refresh(),
    () => requeueImages(container, repository),
    () => requeueImports(container),
    () => dispatcher.requeueAbandoned(),
    () => automaticRuns.startAllDue(),
    () => restorations.requeue(),
    () => certificateAudits.reviewAll(),
    () => backboneChanges.advanceAll(),
  ];
  for (const look of looks) {
    try {
      await look();
    } catch (error) {
      logger.error({ err: error }, 'the sweep failed');
    }
  }
}

async function requeueImages({ jobs, backbones }: Container, repository: EmbeddingRepository) {
  const here = backbones.all.map(({ id }) => id);
  for (const datasetId of await repository.datasetsWaiting(here))
    await jobs.send('embed', { datasetId });
}

async function requeueImports({ jobs, imports }: Container): Promise<void> {
  for (const importId of await imports.findUnclaimed()) await jobs.send('import', { importId });
}

async function maintain({ events, uploads, leaseRepository, auth, dataSource, config }: Container) {
  await events.prune(config.eventRetentionHours);
  await uploads.pruneExpired();
  await leaseRepository.pruneExpired();
  await auth.pruneSessions();
  await dataSource.query(`DELETE FROM worker WHERE seen_at < now() - interval '1 hour'`);
  await dataSource.query(
    `DELETE FROM client_mutation WHERE created_at < now() - interval '30 days'`,
  );
}
