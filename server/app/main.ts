import 'reflect-metadata';
import type { Logger } from 'pino';
import { openConnections } from '../database/dataSource';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../database/embeddedPostgres';
import { workInBackground } from '../processes/background';
import { configOrExit, workerEnvironment, type Config } from './config';
import { openContainer, type Container } from './container';
import { secureDataFolder } from './dataFolder';
import { lockDataFolder } from './dataFolderLock';
import { createLogger } from './logger';
import { startFailure } from './startErrors';
import { stopAll, type Stop } from './stopAll';
import { startHeartbeat, superviseWorker } from './superviseWorker';
import { WorkerPresence } from './workerPresence';

/** Maximum time to stop each part. The worker also gets the configured grace period. */
const limits = { api: 5_000, services: 10_000, worker: 5_000, postgres: 35_000, lock: 2_000 };

/**
 * Starts the parts of the role. In the role `all` the worker is a separate process, so that it never
 * delays a response.
 */
async function main(): Promise<void> {
  const config = configOrExit();
  const logger = createLogger(config.logLevel, `labelloop ${config.role}`);
  process.title = `labelloop ${config.role}`;
  if (config.role === 'worker') {
    workInBackground();
    startHeartbeat();
  }
  const stops: Stop[] = [];
  stopOnSignals(stops, logger);
  try {
    await secureDataFolder(config.dataFolder);
    const databaseUrl = await openDatabase(config, logger, stops);
    const isWorker = config.role === 'worker';
    const container = await openContainer({ config, databaseUrl, logger, supervise: isWorker });
    stops.push({ name: 'services', stop: container.close, limitMs: limits.services });
    if (isWorker) await runWorker(container, stops);
    else await runApi(container, databaseUrl, stops);
  } catch (error) {
    const reason = startFailure(error, config);
    logger.fatal({ err: error, reason }, 'Labelloop could not start');
    process.stderr.write(`Labelloop could not start. ${reason}\n`);
    await stopAll(stops, logger);
    process.exit(1);
  }
}

/** Each role loads its own code only. Node.js resolves these imports, so they name compiled files. */
async function runWorker(container: Container, stops: Stop[]): Promise<void> {
  const { startWorker } = await import('./worker.js');
  const worker = await startWorker(container);
  stops.push({ name: 'jobs', stop: worker.close, limitMs: limits.services });
}

async function runApi(container: Container, databaseUrl: string, stops: Stop[]): Promise<void> {
  const { startApi } = await import('./api.js');
  const { config, dataSource, logger } = container;
  if (!config.databaseUrl) await WorkerPresence.forgetAll(dataSource);
  const api = await startApi(container);
  stops.push({ name: 'api', stop: api.close, limitMs: limits.api });
  if (config.role === 'all') stops.push(supervise(container, databaseUrl));
  logger.info(`Labelloop is ready at http://localhost:${api.port}`);
  // Opens them now, so that the first requests do not wait. If this fails, those report the error.
  await openConnections(dataSource, config.databasePool).catch(() => {});
  await api.warmUp().catch((error: unknown) => logger.warn({ err: error }, 'warm-up failed'));
}

async function openDatabase(config: Config, logger: Logger, stops: Stop[]): Promise<string> {
  if (config.databaseUrl) return config.databaseUrl;
  const unlock = await lockDataFolder(config.dataFolder);
  stops.push({ name: 'lock', stop: unlock, limitMs: limits.lock });
  const postgres: EmbeddedPostgres = await startEmbeddedPostgres(config.dataFolder, logger);
  stops.push({ name: 'postgres', stop: postgres.stop, limitMs: limits.postgres });
  void postgres.crashed.then(async (error) => {
    logger.fatal({ err: error }, 'PostgreSQL has ended');
    await stopAll(stops, logger);
    process.exit(1);
  });
  return postgres.url;
}

function supervise({ config, dataSource, logger }: Container, databaseUrl: string): Stop {
  const stop = superviseWorker({
    file: __filename,
    env: workerEnvironment(databaseUrl),
    logger,
    silenceMs: config.workerSilenceSeconds * 1000,
    graceMs: config.stopGraceSeconds * 1000,
    // No other worker can reach an embedded database, so its work is free at once.
    onDeath: async () => {
      if (!config.databaseUrl) await WorkerPresence.forgetAll(dataSource);
    },
  });
  const limitMs = config.stopGraceSeconds * 1000 + limits.worker;
  return { name: 'worker', stop, limitMs };
}

function stopOnSignals(stops: Stop[], logger: Logger): void {
  let stopping = false;
  const stop = async (reason: string) => {
    if (stopping) return;
    stopping = true;
    logger.info({ reason }, 'stopping');
    await stopAll(stops, logger);
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => void stop(signal));
  // A worker whose parent was killed has no more work.
  process.on('disconnect', () => void stop('the parent process is gone'));
  process.on('unhandledRejection', (error) => logger.error({ err: error }, 'unhandled rejection'));
}

void main();
