import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { startApi } from '../app/api';
import { parseConfig } from '../app/config';
import { openContainer, type Container } from '../app/container';
import { startWorker } from '../app/worker';
import { ApiClient } from './apiClient';
import { refuseSecondConnections } from './oneConnection';
import { createTestDatabase } from './testDatabase';

export interface TestServer {
  container: Container;
  url: string;
  databaseUrl: string;
  /** Number of open websockets. */
  connections: () => number;
  /** Signs in a person. */
  person: (name: string) => Promise<ApiClient>;
  close: () => Promise<void>;
}

interface TestServerOptions {
  /** Variables as the product reads them. */
  env?: NodeJS.ProcessEnv;
  /** Whether to take jobs too, in this process. */
  worker?: boolean;
}

/** Starts the whole server in this process, on its own database and data folder. */
export async function startTestServer({
  env,
  worker,
}: TestServerOptions = {}): Promise<TestServer> {
  const database = await createTestDatabase();
  const dataFolder = await mkdtemp(join(tmpdir(), 'labelloop-data-'));
  const config = parseConfig({
    LABELLOOP_DATA: dataFolder,
    LABELLOOP_PORT: '0',
    LABELLOOP_HOST: '127.0.0.1',
    LABELLOOP_EVENT_POLL_MS: '20',
    // Several test files run at the same time, so decoding one image takes longer.
    LABELLOOP_DECODE_SECONDS: '120',
    LABELLOOP_SHARED: process.env.LABELLOOP_SHARED ?? join('..', 'shared'),
    DATABASE_URL: database.url,
    DATABASE_POOL: '10',
    ...env,
  });
  const logger = pino({ level: process.env.LABELLOOP_TEST_LOG ?? 'silent' });
  const container = await openContainer({
    config,
    databaseUrl: database.url,
    logger,
    supervise: worker ?? false,
  });
  refuseSecondConnections(container.dataSource);
  const api = await startApi(container);
  const running = worker ? await startWorker(container) : undefined;
  const url = `http://127.0.0.1:${api.port}`;
  return {
    container,
    url,
    databaseUrl: database.url,
    connections: () => api.connections(),
    person: (name) => ApiClient.signIn(url, name),
    close: async () => {
      await running?.close();
      await api.close();
      await container.close();
      await database.drop();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}
