import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Container } from './container';
import { attachGraphqlSocket } from './graphqlSocket';
import { createHttpApp } from './http';
import { createSchema } from './schema';

export interface Api {
  port: number;
  /** Number of open websockets. */
  connections: () => number;
  close: () => Promise<void>;
}

/** Serves the API. It has no state, so any number can run. */
export async function startApi(container: Container): Promise<Api> {
  const { host, port } = container.config;
  const schema = createSchema(container);
  const server = createServer(await createHttpApp(container, schema));
  // An upload may take any time. A silent connection may not.
  server.requestTimeout = 0;
  server.headersTimeout = 30_000;
  const socket = attachGraphqlSocket(server, container, schema);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => socket.connections(),
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      await socket.close();
      server.closeIdleConnections();
      setTimeout(() => server.closeAllConnections(), 2_000).unref();
      await closed;
    },
  };
}
