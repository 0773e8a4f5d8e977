import {
  ApolloServer,
  HeaderMap,
  type ApolloServerOptions,
  type ApolloServerPlugin,
} from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { expressMiddleware } from '@as-integrations/express5';
import type { Request, RequestHandler, Response } from 'express';
import { GraphQLError, OperationTypeNode, type ExecutionResult } from 'graphql';
import type { Viewer } from '../domain/viewer';
import { Loaders, type Context, type Delivery } from '../graphql/context';
import { formatError, formatErrors } from '../graphql/errorMapping';
import type { AdmittedOperation, OperationAdmission } from '../graphql/operations/admission';
import { depthLimit, operationLimits } from '../graphql/operations/operationLimits';
import { subjectOf } from '../graphql/operations/operationRunner';
import { tokenOf } from '../modules/auth/sessionCookie';
import type { Container } from './container';
import { jsonBody } from './graphqlBody';
import type { GraphqlCore } from './graphqlCore';

interface Locals {
  viewer: Viewer | null;
  /** The operation that was admitted. Nothing else is executed. */
  admitted?: AdmittedOperation;
}
const localsOf = (response: Response) => response.locals as Locals;

/** Serves GraphQL over HTTP: sign-in, size, admission, then Apollo. */
export async function graphqlOverHttp(
  container: Container,
  core: GraphqlCore,
): Promise<RequestHandler[]> {
  const { auth, logger } = container;
  const apollo = new ApolloServer<Context>({
    schema: core.schema,
    // Admission decides about introspection.
    introspection: true,
    hideSchemaDetailsFromClientErrors: true,
    // Our client sends no persisted queries. Apollo would store each one that somebody registers.
    persistedQueries: false,
    includeStacktraceInErrorResponses: false,
    documentStore: validDocuments(core.admission),
    validationRules: [depthLimit],
    parseOptions: { maxTokens: operationLimits.maxTokens, noLocation: true },
    formatError: (formatted, error) => formatError(formatted, error, logger),
    logger,
    // We stop the process ourselves, in order.
    stopOnTerminationSignals: false,
    plugins: [ApolloServerPluginLandingPageDisabled(), runWithinLimits(core, container)],
  });
  await apollo.start();
  return [
    async (request, response, next) => {
      try {
        localsOf(response).viewer = await auth.viewerOf(tokenOf(request));
      } catch (error) {
        const formatted = formatError({ message: 'internal' }, error, logger);
        return void response.status(500).json({ errors: [formatted] });
      }
      next();
    },
    ...jsonBody(core.loop),
    admitOrRefuse(core),
    expressMiddleware(apollo, { context: ({ req, res }) => contextOf(req, res) }),
  ];
}

/** Admission has parsed and validated a document before Apollo asks for it. */
const validDocuments = (
  admission: OperationAdmission,
): NonNullable<ApolloServerOptions<Context>['documentStore']> => ({
  // The key ends with the SHA-256 of the query text.
  get: (key) => Promise.resolve(admission.documentOf(key.slice(-sha256Length))),
  set: () => Promise.resolve(),
  delete: () => Promise.resolve(),
});

const sha256Length = 64;

/** Answers requests that are refused. Apollo answers those that contain no operation. */
function admitOrRefuse({ admission, loop, mayIntrospect }: GraphqlCore): RequestHandler {
  return async (request, response, next) => {
    const sent = request.method === 'GET' ? sentInUrl(request) : (request.body as unknown);
    if (!isOperation(sent)) return next();
    const { viewer } = localsOf(response);
    const { query, operationName } = sent;
    const operation = { query, operationName, variables: variablesOf(sent) };
    const rights = { isSignedIn: viewer !== null, mayIntrospect };
    const subject = subjectOf({ viewer, address: request.ip });
    const admitted = await admission.admitInTurn(operation, rights, () =>
      loop.wait(`admission ${subject}`),
    );
    if (response.closed) return;
    if (admitted.kind === 'admitted') {
      localsOf(response).admitted = admitted.admitted;
      return next();
    }
    refuse(request, response, admitted.kind === 'invalid' ? admitted.errors : [admitted.error]);
  };
}

interface SentOperation extends Record<string, unknown> {
  query: string;
}

const isOperation = (sent: unknown): sent is SentOperation =>
  typeof sent === 'object' && sent !== null && 'query' in sent && typeof sent.query === 'string';

/** Reads the URL as Apollo does. Express reads only its first thousand parameters. */
function sentInUrl({ originalUrl }: Request): Record<string, unknown> {
  const start = originalUrl.indexOf('?');
  return Object.fromEntries(new URLSearchParams(start < 0 ? '' : originalUrl.slice(start)));
}

/** In the query of a URL the variables are JSON. */
function variablesOf({ variables }: Record<string, unknown>): unknown {
  if (typeof variables !== 'string') return variables;
  try {
    return JSON.parse(variables) as unknown;
  } catch {
    // Apollo explains it.
    return undefined;
  }
}

const responseType = 'application/graphql-response+json';

function refuse(request: Request, response: Response, errors: readonly GraphQLError[]): void {
  const isUnauthenticated = errors[0]?.extensions.code === 'UNAUTHENTICATED';
  response
    .status(isUnauthenticated ? 200 : 400)
    .type(request.accepts([responseType, 'application/json']) || 'application/json')
    .send(JSON.stringify({ errors }));
}

function contextOf(request: Request, response: Response): Promise<Context> {
  const token = tokenOf(request);
  return Promise.resolve({
    viewer: localsOf(response).viewer,
    requestId: request.id as string,
    loaders: new Loaders(),
    response,
    delivery: deliveryOf(response),
    ...(request.ip && { address: request.ip }),
    ...(token && { token }),
  });
}

const deliveryOf = (response: Response): Delivery => ({
  isClosed: () => response.closed,
  // A response that is already closed emits no further `close` event.
  done: response.closed
    ? Promise.resolve()
    : new Promise((resolve) => response.once('close', resolve)),
});

const notAdmitted = () =>
  new GraphQLError('The request contains no operation that this server can read.', {
    extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
  });

const subscriptionOverHttp = () =>
  new GraphQLError('Subscriptions need a websocket on this path.', {
    extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
  });

/** Executes in place of Apollo, so that both transports have the same limits. */
function runWithinLimits(
  { runner, schema }: GraphqlCore,
  { logger }: Container,
): ApolloServerPlugin<Context> {
  const run = async (contextValue: Context): Promise<ExecutionResult> => {
    const admitted = contextValue.response && localsOf(contextValue.response).admitted;
    if (!admitted) throw notAdmitted();
    const { document, operation, variables, operationName } = admitted;
    if (operation.operation === OperationTypeNode.SUBSCRIPTION) throw subscriptionOverHttp();
    return runner.run({
      schema,
      document,
      contextValue,
      kind: operation.operation,
      variableValues: variables,
      operationName: operationName ?? null,
    });
  };
  return {
    requestDidStart: () =>
      Promise.resolve({
        responseForOperation: async ({ contextValue }) => {
          const result = await run(contextValue).catch((error: GraphQLError): ExecutionResult => ({
            errors: [error],
          }));
          const { status } = (result.errors?.[0]?.extensions.http ?? {}) as { status?: number };
          const singleResult = formatErrors(result, logger);
          return {
            http: { headers: new HeaderMap(), ...(status && { status }) },
            body: { kind: 'single', singleResult },
          };
        },
      }),
  };
}
