import { GraphQLError, OperationTypeNode, type ExecutionArgs } from 'graphql';
import type { IncomingMessage } from 'node:http';
import { v4 as uuid } from 'uuid';
import type { WebSocket } from 'ws';
import { Loaders, type SocketContext } from '../../graphql/context';
import type { OperationRequest } from '../../graphql/operations/admission';
import { networkOf } from '../../limits/subjects';
import type { AuthService } from '../../modules/auth/auth.service';
import type { GraphqlCore } from '../graphqlCore';
import type { ClientAddress } from '../net/clientAddress';
import type { OpenOperations } from './openOperations';
import { closeCodes, endSocket, type SocketSession } from './socketSessions';

/** A socket, the request that opened it, and its session once it is signed in. */
export interface SocketClient {
  socket: WebSocket;
  request: IncomingMessage;
  operations: OpenOperations;
  session?: SocketSession | undefined;
}

/** An operation that may run. */
export interface SocketOperation extends ExecutionArgs {
  contextValue: SocketContext;
  kind: OperationTypeNode;
}

interface SocketOperationsParts<Feeds extends object> {
  auth: AuthService;
  core: GraphqlCore;
  addressOf: ClientAddress;
  /** The sources of subscriptions, which resolvers find in the context. */
  feeds: Feeds;
  /** Operations of one socket at once. */
  maxOperations: number;
}

/** Admits the operations of sockets. */
export class SocketOperations<Feeds extends object> {
  // Created once, because floods of operations are refused with them.
  private readonly tooMany: readonly GraphQLError[];
  private readonly idInUse: readonly GraphQLError[];

  constructor(private readonly parts: SocketOperationsParts<Feeds>) {
    this.tooMany = [tooManyOperations(parts.maxOperations)];
    this.idInUse = [operationIdInUse()];
  }

  async admit(
    client: SocketClient,
    id: string,
    request: OperationRequest,
  ): Promise<SocketOperation | readonly GraphQLError[]> {
    const { socket, operations } = client;
    if (operations.size >= this.parts.maxOperations) {
      endSocket(socket, closeCodes.tooMany, 'too many operations at once');
      return this.tooMany;
    }
    if (!operations.begin(request, id)) {
      endSocket(socket, closeCodes.idInUse, 'an operation with this id has not ended');
      return this.idInUse;
    }
    let operation: SocketOperation | readonly GraphQLError[] = [];
    try {
      operation = await this.admitted(client, request);
    } finally {
      // graphql-ws does not report the end of an operation that its client has completed.
      if (!('contextValue' in operation)) operations.end(request);
    }
    return operation;
  }

  private async admitted(
    client: SocketClient,
    request: OperationRequest,
  ): Promise<SocketOperation | readonly GraphQLError[]> {
    const { auth, core } = this.parts;
    // A session that has ended may do nothing more, not even until its socket closes.
    const viewer = await auth.viewerOf(client.session?.token);
    const rights = { isSignedIn: viewer !== null, mayIntrospect: core.mayIntrospect };
    const admission = await core.admission.admitInTurn(request, rights, () => this.turn(client));
    if (admission.kind === 'invalid') return admission.errors;
    if (admission.kind === 'refused') return [admission.error];
    const { document, operation, variables, operationName } = admission.admitted;
    const context = this.contextOf(client, viewer, request, operation.operation);
    return {
      schema: core.schema,
      document,
      variableValues: variables,
      operationName: operationName ?? null,
      contextValue: context,
      kind: operation.operation,
    };
  }

  /**
   * Waits for the event loop. A flood of messages delays the other messages of its sender, but not
   * the sender's requests.
   */
  turn({ request, session }: SocketClient): Promise<void> | undefined {
    const { core, addressOf } = this.parts;
    return core.loop.wait(`sockets ${session?.personId ?? networkOf(addressOf(request))}`);
  }

  private contextOf(
    { socket, request, operations }: SocketClient,
    viewer: SocketContext['viewer'],
    operation: OperationRequest,
    kind: OperationTypeNode,
  ): SocketContext & Feeds {
    const { addressOf, feeds } = this.parts;
    const isSubscription = kind === OperationTypeNode.SUBSCRIPTION;
    return {
      viewer,
      requestId: uuid(),
      loaders: new Loaders(),
      address: addressOf(request),
      ...feeds,
      terminate: () => socket.terminate(),
      ...(!isSubscription && { delivery: operations.deliveryOf(operation, socket) }),
    };
  }
}

const tooManyOperations = (limit: number) =>
  new GraphQLError(`A connection runs at most ${limit} operations at once. Wait for one to end.`, {
    extensions: { code: 'RATE_LIMITED' },
  });

const operationIdInUse = () =>
  new GraphQLError(
    'An operation with this id has not ended. Give each operation an id of its own.',
    {
      extensions: { code: 'BAD_REQUEST' },
    },
  );
