import { hostname } from 'node:os';
import { v4 as uuid } from 'uuid';
import { chooseOnnxProvider } from '../../models/engine';
import { coalesced } from '../jobs/coalesce';
import { HeldWork } from '../jobs/heldWork';
import { WorkerDeathsRepository } from '../jobs/workerDeaths.repository';
import { pruneRateCounters } from '../limits/rateCounter.repository';
import { BackboneSessions } from '../modules/embeddings/backboneSessions';
import { EmbeddingRepository } from '../modules/embeddings/embedding.repository';
import { EmbeddingService } from '../modules/embeddings/embedding.service';
import type { EventRecord, EventType } from '../modules/events/event.ports';
import { LabelRepository } from '../modules/labels/label.repository';
import type { Container } from './container';
import { createJobHandlers, type WorkerParts } from './jobHandlers';
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
  const deaths = new WorkerDeathsRepository(dataSource, presence.id);
  const parts = {
    workerId: presence.id,
    embeddings,
    embeddingRepository: repository,
    deaths,
    held: new HeldWork(),
  };
  await jobs.work({
    ...createJobHandlers(container, parts),
    maintain: () => maintain(container),
    sweepOrphans: (_, signal) => sweepOrphans(container, signal),
    checkConsensus: (_, signal) => container.consensusCheck.report(container.logger, signal),
  });
  const sweep = coalesced(() => recoverOnce(container, parts));
  await sweep('all');
  const sweeper = setInterval(() => void sweep('all'), sweepEveryMs);
  container.hub.onEvent((event) => react(container, event));
  return {
    close: async () => {
      clearInterval(sweeper);
      await jobs.stop();
      await repository.unclaim();
      await container.dispatcher.release(presence.id);
      await deaths.release();
      await embeddings.dispose();
      await presence.end();
    },
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
async function recoverOnce(container: Container, worker: WorkerParts): Promise<void> {
  const { dispatcher, automaticRuns, backbones, backboneChanges } = container;
  const { restorations, certificateAudits, logger } = container;
  const steps = [
    () => backbones.refresh(),
    ...releasesOfLost(container, worker),
    () => requeueImages(container, worker.embeddingRepository),
    () => requeueImports(container),
    () => dispatcher.requeueAbandoned(),
    () => automaticRuns.startAllDue(),
    () => restorations.requeue(),
    () => certificateAudits.reviewAll(),
    () => backboneChanges.advanceAll(),
  ];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      logger.error({ err: error }, 'the sweep failed');
    }
  }
}

/** Releases what is recorded under this worker's id, but is not done by it. */
const releasesOfLost = (
  { dispatcher, imports }: Container,
  { workerId, held, embeddingRepository }: WorkerParts,
) => [
  () => dispatcher.requeueLost(workerId, held),
  () => imports.releaseLost(workerId, held),
  async () => {
    if (!held.has('embed', 'any')) await embeddingRepository.unclaim();
  },
];

async function requeueImages({ jobs, backbones }: Container, repository: EmbeddingRepository) {
  const here = backbones.all.map(({ id }) => id);
  for (const datasetId of await repository.datasetsWaiting(here))
    await jobs.send('embed', { datasetId });
}

async function requeueImports({ jobs, imports }: Container): Promise<void> {
  for (const importId of await imports.findUnclaimed()) await jobs.send('import', { importId });
}

/** An upload or an import records its files within this time. */
const orphanHours = 24;

async function sweepOrphans({ orphans, config, logger }: Container, signal: AbortSignal) {
  const before = new Date(Date.now() - orphanHours * 3_600_000);
  const isDryRun = config.orphans === 'report';
  const sweep = await orphans.sweep({ before, isDryRun, signal });
  logger.info({ ...sweep, isDryRun }, 'searched the store for files that no row names');
}

async function maintain({ events, uploads, leaseRepository, auth, dataSource, config }: Container) {
  await events.prune(config.eventRetentionHours);
  await uploads.pruneExpired();
  await leaseRepository.pruneExpired();
  await auth.pruneSessions();
  await WorkerDeathsRepository.prune(dataSource);
  await pruneRateCounters(dataSource);
  await WorkerPresence.pruneSilent(dataSource);
  await LabelRepository.pruneClaims(dataSource);
}
