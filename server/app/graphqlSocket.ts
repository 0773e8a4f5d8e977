import {
  createSourceEventStream,
  execute,
  GraphQLError,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLSchema,
} from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { v4 as uuid } from 'uuid';
import { WebSocketServer } from 'ws';
import type { Viewer } from '../domain/viewer';
import { Loaders, type SocketContext } from '../graphql/context';
import { formatError } from '../graphql/errorMapping';
import { refuseCostly } from '../graphql/queryCost';
import { depthLimit, queryLimits } from '../graphql/queryLimits';
import { mapStream } from '../graphql/mapStream';
import { cookieTokenOf } from '../modules/auth/sessionCookie';
import { DatasetEventFeed } from '../modules/events/event.resolver';
import { RunFeed } from '../modules/training/runFeed.resolver';
import type { Container } from './container';

const goingAway = 1001;

/** The sources of subscriptions. */
interface Feeds {
  datasetEvents: DatasetEventFeed;
  runs: RunFeed;
}

/** Serves GraphQL over websocket, on the same path and with the same rules as over HTTP. */
export function attachGraphqlSocket(server: Server, container: Container, schema: GraphQLSchema) {
  const { auth, hub, events, datasets, runs, blinds, logger, config } = container;
  const feeds: Feeds = {
    datasetEvents: new DatasetEventFeed(hub, events, datasets, blinds),
    runs: new RunFeed(hub, runs),
  };
  const sockets = new WebSocketServer({ noServer: true, maxPayload: queryLimits.maxBodyBytes });
  const ignoreBroken = (error: Error) => logger.debug({ err: error }, 'socket');
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // A broken connection concerns its client only, and must not end the process.
    socket.on('error', ignoreBroken);
    const [path] = (request.url ?? '').split('?');
    if (path !== '/graphql' || !isSameOrigin(request, config.publicUrl)) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (opened) => {
      sockets.emit('connection', opened, request);
      // graphql-ws also listens, and would print a client's mistake as our error.
      opened.removeAllListeners('error').on('error', ignoreBroken);
    });
  };
  server.on('upgrade', upgrade);
  const format = (error: GraphQLError) => {
    const formatted = formatError(error.toJSON(), error, logger);
    return new GraphQLError(formatted.message, {
      ...(formatted.extensions && { extensions: formatted.extensions }),
      path: error.path,
    });
  };
  const withFormattedErrors = (result: ExecutionResult): ExecutionResult =>
    result.errors ? { ...result, errors: result.errors.map(format) } : result;

  const disposable = useServer<{ authorization?: string }, { viewer: Viewer | null }>(
    {
      schema,
      onConnect: async ({ connectionParams, extra }) => {
        const [, bearer] = /^bearer (.+)$/i.exec(connectionParams?.authorization ?? '') ?? [];
        extra.viewer = await auth.viewerOf(bearer ?? cookieTokenOf(extra.request));
      },
      onSubscribe: ({ extra }, _id, { query, variables, operationName }) => {
        let document: DocumentNode;
        try {
          document = parse(query, { maxTokens: queryLimits.maxTokens });
        } catch (error) {
          return [error as GraphQLError];
        }
        const errors = validate(schema, document, [...specifiedRules, depthLimit]);
        if (errors.length > 0) return errors;
        const costly = refuseCostly(schema, document, variables, operationName);
        if (costly) return [costly];
        const contextValue: SocketContext & Feeds = {
          viewer: extra.viewer ?? null,
          requestId: uuid(),
          loaders: new Loaders(false),
          ...feeds,
          terminate: () => extra.socket.terminate(),
        };
        return { schema, document, variableValues: variables, operationName, contextValue };
      },
      execute: async (args) => withFormattedErrors(await execute(args)),
      subscribe: (args) => subscribe(args, withFormattedErrors),
    },
    sockets,
  );
  return {
    connections: () => sockets.clients.size,
    close: async () => {
      server.off('upgrade', upgrade);
      for (const socket of sockets.clients) socket.close(goingAway, 'the server is shutting down');
      await disposable.dispose();
    },
  };
}

/**
 * Subscribes as graphql-js does, but an error of the stream reaches the client as an error of the
 * operation.
 */
async function subscribe(
  args: ExecutionArgs,
  finish: (result: ExecutionResult) => ExecutionResult,
): Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult> {
  const stream = await createSourceEventStream(args);
  if (!(Symbol.asyncIterator in stream)) return finish(stream);
  const results = mapStream(stream as AsyncIterableIterator<unknown>, async (rootValue) =>
    finish(await execute({ ...args, rootValue })),
  );
  let failed = false;
  const delivered: AsyncIterableIterator<ExecutionResult> = {
    [Symbol.asyncIterator]: () => delivered,
    async next() {
      if (failed) return { done: true, value: undefined };
      try {
        return await results.next();
      } catch (error) {
        failed = true;
        const known = error instanceof GraphQLError;
        const wrapped = known
          ? error
          : new GraphQLError('internal', { originalError: error as Error });
        return { done: false, value: finish({ errors: [wrapped] }) };
      }
    },
    return: () => results.return?.() ?? Promise.resolve({ done: true, value: undefined }),
  };
  return delivered;
}

/**
 * A page of another site must not open a socket with this browser's cookie. Scripts send no origin.
 */
function isSameOrigin({ headers }: IncomingMessage, publicUrl: string | undefined): boolean {
  if (!headers.origin) return true;
  if (publicUrl && headers.origin === new URL(publicUrl).origin) return true;
  try {
    return new URL(headers.origin).host === (headers['x-forwarded-host'] ?? headers.host);
  } catch {
    return false;
  }
}
