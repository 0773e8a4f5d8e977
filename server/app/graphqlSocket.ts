import type { ExecutionResult, GraphQLError } from 'graphql';
import { handleProtocols, makeServer } from 'graphql-ws';
import type { Server } from 'node:http';
import { WebSocketServer } from 'ws';
import { toGraphQLError, unexpectedError } from '../graphql/errorMapping';
import { operationLimits } from '../graphql/operations/operationLimits';
import { bearerTokenOf, cookieTokenOf } from '../modules/auth/sessionCookie';
import { DatasetEventFeed } from '../modules/events/event.resolver';
import { RunFeed } from '../modules/training/runFeed.resolver';
import type { Container } from './container';
import type { GraphqlCore } from './graphqlCore';
import type { ClientAddress } from './net/clientAddress';
import type { HostCheck } from './net/hostCheck';
import { Backpressure } from './sockets/backpressure';
import type { SocketLimits } from './sockets/socketLimits';
import { OpenOperations } from './sockets/openOperations';
import { ReadHolds } from './sockets/readHolds';
import { serveSocket } from './sockets/serveSocket';
import {
  SocketOperations,
  type SocketClient,
  type SocketOperation,
} from './sockets/socketOperations';
import { closeCodes, SocketSessions } from './sockets/socketSessions';
import { subscribe } from './sockets/subscribe';
import { acceptUpgrades } from './sockets/upgrades';

export interface SocketParts {
  container: Container;
  core: GraphqlCore;
  hosts: HostCheck;
  addressOf: ClientAddress;
  limits: SocketLimits;
}

/** Serves GraphQL over websocket, on the same path and with the same rules as over HTTP. */
export function attachGraphqlSocket(server: Server, parts: SocketParts) {
  const { container, core, limits } = parts;
  const { auth, logger } = container;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: operationLimits.maxMessageBytes,
    // One message of each client in each iteration of the event loop, however many it sends.
    allowSynchronousEvents: false,
    handleProtocols,
  });
  const backpressure = new Backpressure(limits);
  const sessions = new SocketSessions(auth, limits.perPerson);
  const operations = new SocketOperations({
    ...parts,
    auth,
    feeds: feedsOf(container),
    maxOperations: limits.operations,
  });
  const finish = ({ errors, ...result }: ExecutionResult): ExecutionResult =>
    errors ? { ...result, errors: errors.map((error) => toGraphQLError(error, logger)) } : result;
  const orRefusal = (error: GraphQLError): ExecutionResult => ({ errors: [error] });
  // graphql-ws would print what it catches, with the parameters of the statement.
  const unexpected = (error: unknown) => [toGraphQLError(unexpectedError(error), logger)];

  const graphql = makeServer<{ authorization?: string }, SocketClient>({
    schema: core.schema,
    onConnect: async (context) => {
      const { connectionParams, extra } = context;
      const bearer = bearerTokenOf(connectionParams?.authorization);
      // graphql-ws would keep them in memory until the socket closes.
      delete (context as { connectionParams?: unknown }).connectionParams;
      const token = bearer ?? cookieTokenOf(extra.request);
      const session = await sessions.open(extra.socket, token).catch((error: unknown) => {
        unexpected(error);
        extra.socket.close(closeCodes.tryAgain, 'the server cannot read sessions now');
      });
      if (session) extra.session = session;
      return session !== undefined;
    },
    onSubscribe: ({ extra }, id, request) => operations.admit(extra, id, request).catch(unexpected),
    onComplete: ({ extra }, _id, request) => extra.operations.end(request),
    onError: ({ extra }, _id, request) => extra.operations.end(request),
    onClose: ({ extra }) => {
      extra.operations.endAll();
      sessions.end(extra.session);
    },
    execute: async (operation) =>
      finish(await core.runner.run(operation as SocketOperation).catch(orRefusal)),
    subscribe: (operation) =>
      subscribe(operation as SocketOperation, {
        finish,
        open: (source) =>
          core.runner.openSource((operation as SocketOperation).contextValue, source),
        execute: (event) => core.runner.runEvent(event),
      }),
  });
  const upgrade = acceptUpgrades({
    ...parts,
    sockets,
    logger,
    loop: core.loop,
    perAddress: limits.perAddress,
    onOpen: (socket, request) => {
      const client: SocketClient = { socket, request, operations: new OpenOperations() };
      const holds = new ReadHolds(socket);
      backpressure.follow(socket, holds);
      const turn = () => operations.turn(client);
      const onSent = () => backpressure.check(socket);
      serveSocket({ graphql, client, holds, turn, onSent, onError: unexpected });
    },
  });
  server.on('upgrade', upgrade);
  return {
    connections: () => sockets.clients.size,
    close: async () => {
      server.off('upgrade', upgrade);
      backpressure.stop();
      for (const socket of sockets.clients)
        socket.close(closeCodes.goingAway, 'the server is shutting down');
      await new Promise((resolve) => sockets.close(resolve));
    },
  };
}

/** The sources of subscriptions. */
const feedsOf = ({ hub, events, datasets, blinds, runs }: Container) => ({
  datasetEvents: new DatasetEventFeed(hub, events, datasets, blinds),
  runs: new RunFeed(hub, runs),
});
