import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { warmUpAdmission } from '../graphql/operations/warmUp';
import type { Container } from './container';
import { createGraphqlCore } from './graphqlCore';
import { attachGraphqlSocket } from './graphqlSocket';
import { createHttpApp } from './http';
import { clientAddressBehind } from './net/clientAddress';
import { HostCheck } from './net/hostCheck';
import { connectionsCheckingInterval, limitConnections } from './net/slowClients';

const maxConnections = 10_000;
const maxOperationsPerSocket = 100;
const warmUpPauseMs = 10;
const maxBufferedBytes = 8 * 1024 * 1024;

export interface Api {
  port: number;
  /** Number of open websockets. */
  connections: () => number;
  /** Compiles the code that decides about operations. Requests are served meanwhile. */
  warmUp: () => Promise<void>;
  close: () => Promise<void>;
}

/** Serves the API. It has no state, so any number can run. */
export async function startApi(container: Container): Promise<Api> {
  const { config } = container;
  const { host, port } = config;
  const core = createGraphqlCore(container);
  const hosts = new HostCheck(config);
  const app = await createHttpApp(container, core, hosts);
  const server = createServer({ connectionsCheckingInterval }, app);
  limitConnections(server, { perAddress: config.connectionsPerAddress, total: maxConnections });
  server.on('connection', () => core.loop.noteConnection());
  const socket = attachGraphqlSocket(server, {
    container,
    core,
    hosts,
    addressOf: clientAddressBehind(config.trustedProxies),
    limits: {
      perAddress: config.connectionsPerAddress,
      perPerson: config.socketsPerPerson,
      operations: maxOperationsPerSocket,
      bufferedBytes: maxBufferedBytes,
      stalledAfterMs: config.stalledAfterSeconds * 1_000,
    },
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  // For example too many open files: this connection is lost, and the next ones are served.
  server.on('error', (error) => container.logger.error({ err: error }, 'http server'));
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => socket.connections(),
    warmUp: () => warmUpAdmission(core.schema, () => delay(warmUpPauseMs)),
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      await socket.close();
      server.closeIdleConnections();
      setTimeout(() => server.closeAllConnections(), 2_000).unref();
      await closed;
    },
  };
}
