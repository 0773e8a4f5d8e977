import {
  GraphQLError,
  type ExecutionResult,
  type FormattedExecutionResult,
  type GraphQLFormattedError,
} from 'graphql';
import type { Logger } from 'pino';
import {
  DomainError,
  InvalidCursorError,
  LimitExceededError,
  type UnauthenticatedError,
} from '../domain/errors';
import type * as errors from '../domain/errors';
import { InvalidGlobalIdError, toGlobalId } from './globalId';
import {
  AlreadyExists,
  Conflict,
  Forbidden,
  IdempotencyMismatch,
  InvalidInput,
  InvalidState,
  LimitExceeded,
  NotFound,
  type MutationError,
} from './mutationError.type';

type ExpectedError =
  | errors.InvalidInputError
  | errors.NotFoundError
  | errors.AlreadyExistsError
  | errors.ForbiddenError
  | errors.LimitExceededError
  | errors.ConflictError
  | errors.IdempotencyMismatchError
  | errors.InvalidStateError
  | UnauthenticatedError;

/**
 * Turns a domain error into data. Only this function does. @throws an error that is not for
 * mutations.
 */
export function toMutationError(error: unknown): MutationError {
  if (!(error instanceof DomainError)) throw error;
  const expected = error as ExpectedError;
  const { message } = expected;
  switch (expected.kind) {
    case 'InvalidInput':
      return Object.assign(new InvalidInput(), { message, field: expected.field });
    case 'NotFound':
      return Object.assign(new NotFound(), { message, id: globalIdOf(expected) });
    case 'AlreadyExists':
      return Object.assign(new AlreadyExists(), { message, field: expected.field });
    case 'Forbidden':
      return Object.assign(new Forbidden(), { message });
    case 'LimitExceeded':
      return Object.assign(new LimitExceeded(), {
        message,
        limit: expected.limit,
        actual: expected.actual,
        retryAfterSeconds: expected.retryAfterSeconds,
      });
    case 'Conflict':
      return Object.assign(new Conflict(), { message, imageId: expected.imageId });
    case 'IdempotencyMismatch':
      return Object.assign(new IdempotencyMismatch(), {
        message,
        clientMutationId: expected.clientMutationId,
      });
    case 'InvalidState':
      return Object.assign(new InvalidState(), { message });
    case 'Unauthenticated':
      throw error;
    default:
      return expected satisfies never;
  }
}

const globalIdOf = (error: errors.NotFoundError): string =>
  error instanceof InvalidGlobalIdError ? error.globalId : toGlobalId(error.type, error.id);

const codes: Record<DomainError['kind'], string> = {
  InvalidInput: 'BAD_USER_INPUT',
  NotFound: 'NOT_FOUND',
  AlreadyExists: 'ALREADY_EXISTS',
  Forbidden: 'FORBIDDEN',
  LimitExceeded: 'LIMIT_EXCEEDED',
  Conflict: 'CONFLICT',
  IdempotencyMismatch: 'IDEMPOTENCY_MISMATCH',
  InvalidState: 'INVALID_STATE',
  Unauthenticated: 'UNAUTHENTICATED',
};

/** graphql-js quotes a wrong value in full. */
export const maxMessageLength = 1_000;

/** Keeps the message of an error that the client caused. The HTTP status is for the response. */
function clientErrorOf(formatted: GraphQLFormattedError): GraphQLFormattedError {
  const { http: _, ...extensions } = formatted.extensions ?? {};
  const message = formatted.message.slice(0, maxMessageLength);
  return { ...formatted, message, ...(formatted.extensions && { extensions }) };
}

const codeOf = (error: DomainError): string =>
  error instanceof InvalidCursorError ? 'INVALID_CURSOR' : codes[error.kind];

/**
 * Formats errors for both transports. Expected errors keep their message, others become an id to
 * look up in the log.
 */
export function formatError(
  formatted: GraphQLFormattedError,
  error: unknown,
  logger: Logger,
): GraphQLFormattedError {
  const original = error instanceof GraphQLError ? error.originalError : error;
  if (original instanceof LimitExceededError && original.retryAfterSeconds !== null) {
    const { limit, retryAfterSeconds } = original;
    return { ...formatted, extensions: { code: 'RATE_LIMITED', limit, retryAfterSeconds } };
  }
  if (original instanceof DomainError)
    return { ...formatted, extensions: { code: codeOf(original) } };
  const code = formatted.extensions?.code;
  const isInternal = original instanceof Error && !(original instanceof GraphQLError);
  if (!isInternal && code !== 'INTERNAL_SERVER_ERROR') return clientErrorOf(formatted);
  const errorId = crypto.randomUUID();
  logger.error({ err: original ?? error, errorId, path: formatted.path }, 'unexpected error');
  return {
    message: `An unexpected error occurred. Quote ${errorId} when you report it.`,
    ...(formatted.path && { path: formatted.path }),
    extensions: { code: 'INTERNAL_SERVER_ERROR', errorId },
  };
}

/** An error that graphql-js has not seen. Its message is not for clients, see formatError. */
export const unexpectedError = (error: unknown): GraphQLError =>
  error instanceof GraphQLError
    ? error
    : new GraphQLError('internal', { originalError: error as Error });

/** Formats an error, see formatError, as the websocket needs it. */
export function toGraphQLError(error: GraphQLError, logger: Logger): GraphQLError {
  const { message, extensions } = formatError(error.toJSON(), error, logger);
  return new GraphQLError(message, { path: error.path, ...(extensions && { extensions }) });
}

/** Formats the errors of a result, see formatError. */
export function formatErrors(
  { errors, ...result }: ExecutionResult,
  logger: Logger,
): FormattedExecutionResult {
  if (!errors) return result;
  return { ...result, errors: errors.map((error) => formatError(error.toJSON(), error, logger)) };
}
