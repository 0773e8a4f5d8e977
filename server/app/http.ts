import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { expressMiddleware } from '@as-integrations/express5';
import express, { type ErrorRequestHandler, type Express, type Request } from 'express';
import type { GraphQLSchema } from 'graphql';
import { existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pinoHttp } from 'pino-http';
import { v4 as uuid } from 'uuid';
import { Loaders, type Context } from '../graphql/context';
import { DomainError } from '../domain/errors';
import { formatError } from '../graphql/errorMapping';
import { refuseCostly } from '../graphql/queryCost';
import { depthLimit, queryLimits } from '../graphql/queryLimits';
import { tokenOf } from '../modules/auth/sessionCookie';
import { exportRoutes } from '../modules/exports/export.http';
import { imageRoutes } from '../modules/images/image.http';
import { UploadRejectedError } from '../modules/images/upload.errors';
import { StoreFullError } from '../storage/diskRoom';
import type { Container } from './container';

const clientFolder = join(__dirname, '..', '..', 'client');
const maxRequestIdLength = 100;

/** Creates everything over HTTP: GraphQL, file bytes, health and the built client. */
export async function createHttpApp(container: Container, schema: GraphQLSchema): Promise<Express> {
  const { auth, images, uploads, exports, store, logger } = container;
  const viewerOf = (request: Request) => auth.viewerOf(tokenOf(request));
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', 'loopback');
  app.use(pinoHttp({ logger, genReqId: requestId, customLogLevel: logLevel }));
  app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
  app.get('/readyz', async (_request, response) => {
    const ready = await isReady(container);
    response.status(ready ? 200 : 503).json({ status: ready ? 'ok' : 'unavailable' });
  });
  app.use(
    '/graphql',
    express.json({ limit: queryLimits.maxBodyBytes }),
    await graphqlOverHttp(container, schema),
  );
  app.use('/files', imageRoutes(viewerOf, images, uploads, store), exportRoutes(viewerOf, exports));
  serveClient(app);
  app.use(errorHandler(container));
  return app;
}

/**
 * Returns the caller's own id or a new one. The response repeats it, so that logs of both sides can
 * be matched.
 */
const requestId = (request: IncomingMessage, response: ServerResponse) => {
  const given = request.headers['x-request-id'];
  const isUsable = typeof given === 'string' && given !== '' && given.length <= maxRequestIdLength;
  const id = isUsable ? given : uuid();
  response.setHeader('X-Request-Id', id);
  return id;
};

const idOf = ({ id }: Request) => id as string;

const logLevel = (_request: unknown, { statusCode }: { statusCode: number }, error?: Error) => {
  if (error || statusCode >= 500) return 'error';
  return statusCode >= 400 ? 'info' : 'debug';
};

const isReady = ({ dataSource }: Container) =>
  dataSource.query('SELECT 1').then(
    () => true,
    () => false,
  );

async function graphqlOverHttp(container: Container, schema: GraphQLSchema) {
  const { auth, logger } = container;
  const apollo = new ApolloServer<Context>({
    schema,
    introspection: true,
    includeStacktraceInErrorResponses: false,
    validationRules: [depthLimit],
    parseOptions: { maxTokens: queryLimits.maxTokens },
    formatError: (formatted, error) => formatError(formatted, error, logger),
    logger,
    // We stop the process ourselves, in order.
    stopOnTerminationSignals: false,
    plugins: [landingPage(), costLimit(schema)],
  });
  await apollo.start();
  return expressMiddleware(apollo, {
    context: async ({ req, res }) => {
      const token = tokenOf(req);
      return {
        viewer: await auth.viewerOf(token),
        requestId: idOf(req),
        loaders: new Loaders(true),
        response: res,
        ...(token && { token }),
      };
    },
  });
}

function costLimit(schema: GraphQLSchema): ApolloServerPlugin<Context> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        didResolveOperation: ({ document, request: { variables, operationName } }) => {
          const costly = refuseCostly(schema, document, variables, operationName);
          return costly ? Promise.reject(costly) : Promise.resolve();
        },
      }),
  };
}

/** Apollo's explorer loads from the network. The plain page says what to do instead. */
function landingPage() {
  return process.stdout.isTTY
    ? ApolloServerPluginLandingPageLocalDefault({ embed: false })
    : ApolloServerPluginLandingPageDisabled();
}

/** Serves the client for every path that is not ours. */
function serveClient(app: Express): void {
  if (!existsSync(join(clientFolder, 'index.html'))) return;
  app.use(express.static(clientFolder, { index: false, maxAge: '1y', immutable: true }));
  app.get(/^(?!\/(graphql|files)(\/|$)).*/, (_request, response) => {
    response.setHeader('Cache-Control', 'no-cache');
    response.sendFile(join(clientFolder, 'index.html'));
  });
}

const insufficientStorage = 507;
const statusOf: Partial<Record<DomainError['kind'], number>> = {
  NotFound: 404,
  Unauthenticated: 401,
  Forbidden: 403,
  LimitExceeded: 413,
};

function errorHandler({ logger }: Container): ErrorRequestHandler {
  return (error: Error & { status?: number }, request, response, next) => {
    if (response.headersSent) return void next(error);
    const known =
      error instanceof UploadRejectedError
        ? error.status
        : error instanceof StoreFullError
          ? insufficientStorage
          : error instanceof DomainError
            ? (statusOf[error.kind] ?? 400)
            : error.status;
    if (known && (known < 500 || known === insufficientStorage))
      return void response.status(known).json({ message: error.message });
    logger.error({ err: error, requestId: request.id }, 'request failed');
    response.status(500).json({
      message: `An unexpected error occurred. Quote ${idOf(request)} when you report it.`,
    });
  };
}
