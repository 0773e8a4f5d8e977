import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
} from 'express';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pinoHttp } from 'pino-http';
import { v4 as uuid } from 'uuid';
import { DomainError } from '../domain/errors';
import { tokenOf } from '../modules/auth/sessionCookie';
import { exportRoutes } from '../modules/exports/export.http';
import { imageRoutes } from '../modules/images/image.http';
import { UploadRejectedError } from '../modules/images/uploads/upload.errors';
import { serveClient } from './clientFiles';
import { StoreFullError } from '../storage/diskRoom';
import type { Container } from './container';
import { describeError } from './describeError';
import type { GraphqlCore } from './graphqlCore';
import { graphqlOverHttp } from './graphqlHttp';
import { readyRoute } from './health';
import type { HostCheck } from './net/hostCheck';
import { fileHeaders, securityHeaders } from './net/securityHeaders';
import { refuseSlowBodies } from './net/slowClients';

const maxRequestIdLength = 100;

const isUpload = ({ method, path }: Request) =>
  method === 'PUT' && path.startsWith('/files/uploads/');

/** Creates everything over HTTP: GraphQL, file bytes, health and the built client. */
export async function createHttpApp(
  container: Container,
  core: GraphqlCore,
  hosts: HostCheck,
): Promise<Express> {
  const { auth, images, uploads, exports, store, logger, config } = container;
  const viewerOf = (request: Request) => auth.viewerOf(tokenOf(request));
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', config.trustedProxies);
  const serializers = { err: describeError };
  app.use(pinoHttp({ logger, serializers, genReqId: requestId, customLogLevel: logLevel }));
  app.use(securityHeaders({ hsts: config.hsts }), refuseSlowBodies(isUpload));
  app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
  app.get('/readyz', readyRoute(container, config.statusToken));
  app.use(hosts.middleware);
  app.use('/graphql', await graphqlOverHttp(container, core));
  app.use(
    '/files',
    fileHeaders,
    endWithSession(auth),
    imageRoutes(viewerOf, images, uploads, store),
    exportRoutes(viewerOf, exports),
  );
  serveClient(app);
  app.use(errorHandler(container));
  return app;
}

/** Cuts a running download or upload when its session ends. */
const endWithSession =
  (auth: Container['auth']): RequestHandler =>
  (request, response, next) => {
    const token = tokenOf(request);
    if (token)
      response.once(
        'close',
        auth.watchSession(token, () => response.destroy()),
      );
    next();
  };

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
