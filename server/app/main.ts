import 'reflect-metadata';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Logger } from 'pino';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../database/embeddedPostgres';
import { startApi } from './api';
import { configOrExit, workerEnvironment, type Config } from './config';
import { openContainer } from './container';
import { lockDataFolder } from './dataFolderLock';
import { createLogger } from './logger';
import { startWorker } from './worker';
import { WorkerPresence } from './workerPresence';

type Stop = () => Promise<void>;
const stopTimeoutMs = 20_000;

/**
 * Starts the parts of the role. In the role `all` the worker is a separate process, so that it
 * never delays a response.
 */
async function main(): Promise<void> {
  const config = configOrExit();
  const logger = createLogger(config.logLevel, `labelloop ${config.role}`);
  process.title = `labelloop ${config.role}`;
  const stops: Stop[] = [];
  stopOnSignals(stops, logger);
  try {
    const database = await openDatabase(config, logger, stops);
    const container = await openContainer({
      config,
      databaseUrl: database,
      logger,
      supervise: config.role === 'worker',
    });
    stops.push(container.close);
    if (config.role === 'worker') stops.push((await startWorker(container)).close);
    else {
      if (!config.databaseUrl) await WorkerPresence.forgetAll(container.dataSource);
      const api = await startApi(container);
      stops.push(api.close);
      if (config.role === 'all') stops.push(superviseWorker(database, logger));
      logger.info(`Labelloop is ready at http://localhost:${api.port}`);
    }
  } catch (error) {
    logger.fatal({ err: error }, 'Labelloop could not start');
    await stopAll(stops);
    process.exit(1);
  }
}

async function openDatabase(config: Config, logger: Logger, stops: Stop[]): Promise<string> {
  if (config.databaseUrl) return config.databaseUrl;
  stops.push(await lockDataFolder(config.dataFolder));
  const postgres: EmbeddedPostgres = await startEmbeddedPostgres(config.dataFolder, logger);
  stops.push(postgres.stop);
  void postgres.crashed.then(async (error) => {
    logger.fatal({ err: error }, 'PostgreSQL has ended');
    await stopAll(stops);
    process.exit(1);
  });
  return postgres.url;
}

/** Keeps one worker process running. It ends by itself when this process is gone. */
function superviseWorker(databaseUrl: string, logger: Logger): Stop {
  let stopping = false;
  let child: ChildProcess | undefined;
  const start = () => {
    child = fork(__filename, {
      env: workerEnvironment(databaseUrl),
      // Ctrl-C reaches the whole process group, but we stop the worker after the API.
      detached: true,
    });
    child.once('exit', (code, signal) => {
      if (stopping) return;
      logger.error({ code, signal }, 'the worker has ended; another one starts');
      setTimeout(start, 1_000);
    });
  };
  start();
  return async () => {
    stopping = true;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
}

/** Stops in reverse order of the start. */
async function stopAll(stops: Stop[]): Promise<void> {
  for (const stop of stops.splice(0).reverse()) await stop().catch(() => {});
}

function stopOnSignals(stops: Stop[], logger: Logger): void {
  let stopping = false;
  const stop = async (reason: string) => {
    if (stopping) return;
    stopping = true;
    logger.info({ reason }, 'stopping');
    setTimeout(() => process.exit(1), stopTimeoutMs).unref();
    await stopAll(stops);
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => void stop(signal));
  // A worker whose parent was killed has no more work.
  process.on('disconnect', () => void stop('the parent process is gone'));
  process.on('unhandledRejection', (error) => logger.error({ err: error }, 'unhandled rejection'));
}

void main();
