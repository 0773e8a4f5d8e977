import { ApolloServer, HeaderMap, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { expressMiddleware } from '@as-integrations/express5';
import express, { type Request, type RequestHandler, type Response } from 'express';
import { GraphQLError, OperationTypeNode, type ExecutionResult } from 'graphql';
import type { Viewer } from '../domain/viewer';
import { Loaders, type Context, type Delivery } from '../graphql/context';
import { formatError, formatErrors } from '../graphql/errorMapping';
import { depthLimit, operationLimits } from '../graphql/operations/operationLimits';
import { tokenOf } from '../modules/auth/sessionCookie';
import type { Container } from './container';
import type { GraphqlCore } from './graphqlCore';

interface Locals {
  viewer: Viewer | null;
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
    includeStacktraceInErrorResponses: false,
    validationRules: [depthLimit],
    parseOptions: { maxTokens: operationLimits.maxTokens },
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
    bodyOfLimitedSize,
    admitOrRefuse(core),
    expressMiddleware(apollo, { context: ({ req, res }) => contextOf(req, res) }),
  ];
}

const signedInBody = express.json({ limit: operationLimits.maxBodyBytes });
const anonymousBody = express.json({ limit: operationLimits.maxAnonymousBodyBytes });

const bodyOfLimitedSize: RequestHandler = (request, response, next) =>
  void (localsOf(response).viewer ? signedInBody : anonymousBody)(request, response, next);

/** Answers what may not run. Apollo explains what is not a valid request. */
function admitOrRefuse({ admission, mayIntrospect }: GraphqlCore): RequestHandler {
  return (request, response, next) => {
    const sent = (request.method === 'GET' ? request.query : request.body) as
      Record<string, unknown> | undefined;
    if (typeof sent?.query !== 'string') return next();
    const { viewer } = localsOf(response);
    const admitted = admission.admit(
      { query: sent.query, variables: variablesOf(sent), operationName: sent.operationName },
      { isSignedIn: viewer !== null, mayIntrospect },
    );
    if (admitted.kind !== 'refused') return next();
    refuse(request, response, admitted.error);
  };
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

function refuse(request: Request, response: Response, error: GraphQLError): void {
  const isUnauthenticated = error.extensions.code === 'UNAUTHENTICATED';
  response
    .status(isUnauthenticated ? 200 : 400)
    .type(request.accepts([responseType, 'application/json']) || 'application/json')
    .send(JSON.stringify({ errors: [error] }));
}

function contextOf(request: Request, response: Response): Promise<Context> {
  const token = tokenOf(request);
  return Promise.resolve({
    viewer: localsOf(response).viewer,
    requestId: request.id as string,
    loaders: new Loaders(true),
    response,
    delivery: deliveryOf(response),
    ...(request.ip && { address: request.ip }),
    ...(token && { token }),
  });
}

const deliveryOf = (response: Response): Delivery => ({
  isClosed: () => response.closed,
  done: new Promise((resolve) => response.once('close', resolve)),
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
  return {
    requestDidStart: () =>
      Promise.resolve({
        responseForOperation: async ({ document, operation, request, contextValue }) => {
          const isSubscription = operation.operation === OperationTypeNode.SUBSCRIPTION;
          const execution = isSubscription
            ? Promise.reject<ExecutionResult>(subscriptionOverHttp())
            : runner.run({
                schema,
                document,
                contextValue,
                kind: operation.operation,
                variableValues: request.variables ?? {},
                operationName: request.operationName ?? null,
              });
          const result = await execution.catch((error: GraphQLError): ExecutionResult => ({
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
