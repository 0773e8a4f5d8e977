import { openContainer, type Container } from '../app/container';
import { startWorker } from '../app/worker';
import type { TestServer } from './testServer';

export interface TestWorker {
  container: Container;
  close: () => Promise<void>;
}

/**
 * Starts a worker beside a test server, which can be stopped and started again, as in a deployment.
 */
export async function startTestWorker(server: TestServer): Promise<TestWorker> {
  const { config, logger } = server.container;
  const { databaseUrl } = server;
  const container = await openContainer({ config, databaseUrl, logger, supervise: true });
  const worker = await startWorker(container);
  return {
    container,
    close: async () => {
      await worker.close();
      await container.close();
    },
  };
}
