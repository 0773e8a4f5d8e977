import { GraphQLError } from 'graphql';
import pino from 'pino';
import * as errors from '../domain/errors';
import { formatError, toMutationError } from './errorMapping';
import { InvalidGlobalIdError, toGlobalId } from './globalId';
import { NotFound } from './mutationError.type';

const examples: Record<errors.DomainError['kind'], { error: errors.DomainError; code: string }> = {
  InvalidInput: {
    error: new errors.InvalidInputError('name', 'Give a name.'),
    code: 'BAD_USER_INPUT',
  },
  NotFound: { error: new errors.NotFoundError('Image', 'abc'), code: 'NOT_FOUND' },
  AlreadyExists: { error: new errors.AlreadyExistsError('name', 'Taken.'), code: 'ALREADY_EXISTS' },
  Forbidden: { error: new errors.ForbiddenError('You may not.'), code: 'FORBIDDEN' },
  LimitExceeded: { error: new errors.LimitExceededError('files', 2, 3), code: 'LIMIT_EXCEEDED' },
  Conflict: { error: new errors.ConflictError('an-image'), code: 'CONFLICT' },
  IdempotencyMismatch: {
    error: new errors.IdempotencyMismatchError('abc'),
    code: 'IDEMPOTENCY_MISMATCH',
  },
  InvalidState: { error: new errors.InvalidStateError('Not now.'), code: 'INVALID_STATE' },
  Unauthenticated: { error: new errors.UnauthenticatedError(), code: 'UNAUTHENTICATED' },
};
const all = Object.values(examples);
const rateLimited = new errors.RateLimitedError(
  { what: 'new datasets', points: 100, seconds: 3_600 },
  101,
  90,
);
const expected = all.filter(({ error }) => error.kind !== 'Unauthenticated');

/** Collects log output in `lines`. */
function listen() {
  const lines: Record<string, unknown>[] = [];
  const logger = pino(
    {},
    { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  );
  return { lines, logger };
}
const format = (error: unknown, formatted = { message: String(error) }) => {
  const { lines, logger } = listen();
  return { ...formatError(formatted, error, logger), lines };
};
const thrownBy = (originalError: Error) =>
  new GraphQLError(originalError.message, { originalError });

test.each(expected)('$error.kind becomes the data type of its name', ({ error }) => {
  const { ...fields } = toMutationError(error);
  expect(toMutationError(error).constructor.name).toBe(error.kind);
  const { kind: _kind, ...own } = { ...error, message: error.message };
  if (!(error instanceof errors.NotFoundError)) return expect(fields).toEqual(own);
  const { message, type, id } = error;
  return expect(fields).toEqual({ message, id: toGlobalId(type, id) });
});

test('an id that is not a global id is returned as it was sent', () => {
  const { error } = examples.NotFound;
  expect(toMutationError(new InvalidGlobalIdError('Image', 'nonsense'))).toEqual(
    Object.assign(new NotFound(), { message: error.message, id: 'nonsense' }),
  );
});

test('an error quotes only the beginning of a long id', () => {
  const error = toMutationError(new InvalidGlobalIdError('Image', 'x'.repeat(1_000_000)));
  expect((error as NotFound).id).toHaveLength(100);
});

test('a made-up cursor has a code of its own', () => {
  const { extensions } = format(thrownBy(new errors.InvalidCursorError('after')));
  expect(extensions).toEqual({ code: 'INVALID_CURSOR' });
});

test('who is not signed in gets an error, not data', () => {
  expect(() => toMutationError(examples.Unauthenticated.error)).toThrow('Sign in first');
});

test('what nobody expected is not data', () => {
  expect(() => toMutationError(new TypeError('x is undefined'))).toThrow(TypeError);
});

test.each(all)('$error.kind keeps its words and carries $code', ({ error, code }) => {
  const { message, extensions, lines } = format(thrownBy(error), { message: error.message });
  expect({ message, extensions }).toEqual({ message: error.message, extensions: { code } });
  expect(lines).toEqual([]);
});

test('an unknown error is logged under an id, and only the id is shown', () => {
  const { message, extensions, lines } = format(thrownBy(new Error('password authentication')));
  expect(message).not.toContain('password');
  expect(extensions?.code).toBe('INTERNAL_SERVER_ERROR');
  expect(message).toContain(extensions?.errorId);
  expect(lines).toMatchObject([
    { errorId: extensions?.errorId, err: { message: 'password authentication' } },
  ]);
});

test('an error that is marked internal is not shown either', () => {
  const { message } = formatError(
    { message: 'secret', extensions: { code: 'INTERNAL_SERVER_ERROR' } },
    new GraphQLError('secret'),
    listen().logger,
  );
  expect(message).not.toContain('secret');
});

test('what is wrong with a query is told as it is', () => {
  const error = new GraphQLError('Cannot query field "x".');
  expect(format(error, { message: error.message })).toEqual({ message: error.message, lines: [] });
});

test('what was done too often says when to try again, as data and as an error', () => {
  const message = 'The limit is 100 new datasets in 60 minutes. Try again in 90 seconds.';
  expect(toMutationError(rateLimited)).toEqual({
    message,
    limit: 100,
    actual: 101,
    retryAfterSeconds: 90,
  });
  expect(format(thrownBy(rateLimited)).extensions).toEqual({
    code: 'RATE_LIMITED',
    limit: 100,
    retryAfterSeconds: 90,
  });
});

test('a value above a limit has no time to wait for', () => {
  const { error } = examples.LimitExceeded;
  expect(toMutationError(error)).toMatchObject({ retryAfterSeconds: null });
  expect(format(thrownBy(error)).extensions).toEqual({ code: 'LIMIT_EXCEEDED' });
});
