import {
  execute,
  GraphQLError,
  OperationTypeNode,
  type ExecutionArgs,
  type ExecutionResult,
} from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { v4 as uuid } from 'uuid';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Viewer } from '../domain/viewer';
import { Loaders, type Context, type SocketContext } from '../graphql/context';
import { formatError } from '../graphql/errorMapping';
import { operationLimits } from '../graphql/operations/operationLimits';
import { bearerTokenOf, cookieTokenOf } from '../modules/auth/sessionCookie';
import { DatasetEventFeed } from '../modules/events/event.resolver';
import { RunFeed } from '../modules/training/runFeed.resolver';
import type { Container } from './container';
import type { GraphqlCore } from './graphqlCore';
import type { ClientAddress } from './net/clientAddress';
import type { HostCheck } from './net/hostCheck';
import { Backpressure } from './sockets/backpressure';
import { Deliveries } from './sockets/deliveries';
import { Census, type SocketLimits } from './sockets/socketCensus';
import { subscribe } from './sockets/subscribe';

const goingAway = 1001;
const forbidden = 4403;
const tooMany = 4429;

/** The sources of subscriptions. */
interface Feeds {
  datasetEvents: DatasetEventFeed;
  runs: RunFeed;
}

/** What we remember of one socket. */
interface SocketState {
  viewer: Viewer | null;
  token?: string | undefined;
  deliveries: Deliveries;
  leave: (() => void)[];
}

export interface SocketParts {
  container: Container;
  core: GraphqlCore;
  hosts: HostCheck;
  addressOf: ClientAddress;
  limits: SocketLimits;
}

/** Serves GraphQL over websocket, on the same path and with the same rules as over HTTP. */
export function attachGraphqlSocket(server: Server, parts: SocketParts) {
  const { container, core, hosts, addressOf, limits } = parts;
  const { auth, hub, events, datasets, runs, blinds, logger } = container;
  const feeds: Feeds = {
    datasetEvents: new DatasetEventFeed(hub, events, datasets, blinds),
    runs: new RunFeed(hub, runs),
  };
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: operationLimits.maxBodyBytes,
  });
  const addresses = new Census(limits.perAddress);
  const people = new Census(limits.perPerson);
  const backpressure = new Backpressure(limits);
  const ignoreBroken = (error: Error) => logger.debug({ err: error }, 'socket');

  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // A broken connection concerns its client only, and must not end the process.
    socket.on('error', ignoreBroken);
    const [path] = (request.url ?? '').split('?');
    if (path !== '/graphql' || !hosts.allows(request) || !hosts.isSameOrigin(request))
      return void socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
    const leave = addresses.enter(addressOf(request));
    if (!leave)
      return void socket.end('HTTP/1.1 429 Too Many Requests\r\nConnection: close\r\n\r\n');
    socket.once('close', leave);
    sockets.handleUpgrade(request, socket, head, (opened) => {
      withoutSendErrors(opened);
      sockets.emit('connection', opened, request);
      // graphql-ws also listens, and would print a client's mistake as our error.
      opened.removeAllListeners('error').on('error', ignoreBroken);
      backpressure.follow(opened);
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

  /** Signs the socket in, and closes it when its session ends. */
  const signIn = async (state: SocketState, socket: WebSocket, token: string | undefined) => {
    state.viewer = await auth.viewerOf(token);
    if (!state.viewer || !token) return true;
    state.token = token;
    const leave = people.enter(state.viewer.id);
    if (!leave) {
      socket.close(tooMany, 'too many connections of one person');
      return false;
    }
    const unwatch = auth.watchSession(token, () => {
      socket.close(forbidden, 'the session has ended');
      socket.terminate();
    });
    state.leave.push(leave, unwatch);
    return true;
  };

  const disposable = useServer<{ authorization?: string }, Partial<SocketState>>(
    {
      schema: core.schema,
      onConnect: async ({ connectionParams, extra }) => {
        const state: SocketState = Object.assign(extra, {
          viewer: null,
          deliveries: new Deliveries(),
          leave: [],
        });
        const token =
          bearerTokenOf(connectionParams?.authorization) ?? cookieTokenOf(extra.request);
        const isOpen = await signIn(state, extra.socket, token);
        // It may have closed while the session was read.
        if (extra.socket.readyState !== extra.socket.OPEN) end(state);
        return isOpen;
      },
      onSubscribe: async (context, id, { query, variables, operationName }) => {
        const { extra, subscriptions } = context;
        if (Object.keys(subscriptions).length > limits.operations) {
          extra.socket.close(tooMany, 'too many operations at once');
          return [rateLimited(limits.operations)];
        }
        // A session that has ended may not do anything more, not even until its socket closes.
        const viewer = extra.token ? await auth.viewerOf(extra.token) : null;
        const admission = core.admission.admit(
          { query, variables, operationName },
          {
            isSignedIn: viewer !== null,
            mayIntrospect: core.mayIntrospect && viewer !== null,
          },
        );
        if (admission.kind === 'invalid') return admission.errors;
        if (admission.kind === 'refused') return [admission.error];
        const { document, operation } = admission.admitted;
        const isSubscription = operation.operation === OperationTypeNode.SUBSCRIPTION;
        const contextValue: SocketContext & Feeds = {
          viewer,
          requestId: uuid(),
          loaders: new Loaders(!isSubscription),
          address: addressOf(extra.request),
          ...feeds,
          terminate: () => extra.socket.terminate(),
          ...(extra.deliveries &&
            !isSubscription && { delivery: extra.deliveries.start(id, extra.socket) }),
        };
        return {
          schema: core.schema,
          document,
          variableValues: admission.admitted.variables,
          operationName: admission.admitted.operationName ?? null,
          contextValue,
          kind: operation.operation,
        };
      },
      onNext: ({ extra }) => backpressure.check(extra.socket),
      onComplete: ({ extra }, id) => extra.deliveries?.end(id),
      onError: ({ extra }, id) => extra.deliveries?.end(id),
      onDisconnect: ({ extra }) => end(extra),
      execute: async (args) => withFormattedErrors(await run(core, args)),
      subscribe: (args) =>
        subscribe(args, {
          finish: withFormattedErrors,
          execute: (event) => Promise.resolve(execute(event)),
        }),
    },
    sockets,
  );
  return {
    connections: () => sockets.clients.size,
    close: async () => {
      server.off('upgrade', upgrade);
      backpressure.stop();
      for (const socket of sockets.clients) socket.close(goingAway, 'the server is shutting down');
      await disposable.dispose();
    },
  };
}

/** graphql-ws prints every answer that a client's broken connection did not take. */
function withoutSendErrors(socket: WebSocket): void {
  const send = socket.send.bind(socket) as (data: string, sent: () => void) => void;
  const quietly = (data: string, sent?: () => void) => send(data, () => sent?.());
  socket.send = quietly as WebSocket['send'];
}

function end({ leave = [], deliveries }: Partial<SocketState>): void {
  for (const ended of leave.splice(0)) ended();
  deliveries?.endAll();
}

const run = ({ runner }: GraphqlCore, args: ExecutionArgs & { kind?: OperationTypeNode }) =>
  runner
    .run({
      ...args,
      contextValue: args.contextValue as Context,
      kind: args.kind ?? OperationTypeNode.QUERY,
    })
    .catch((error: GraphQLError): ExecutionResult => ({ errors: [error] }));

const rateLimited = (limit: number) =>
  new GraphQLError(`A connection runs at most ${limit} operations at once. Wait for one to end.`, {
    extensions: { code: 'RATE_LIMITED' },
  });
