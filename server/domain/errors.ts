import { wordsOf, type NodeName } from './ids';

/**
 * A failure that users can act on. Mutations return it as typed data, queries as an error with a
 * code.
 */
export abstract class DomainError extends Error {
  abstract readonly kind:
    | 'InvalidInput'
    | 'NotFound'
    | 'AlreadyExists'
    | 'Forbidden'
    | 'LimitExceeded'
    | 'Conflict'
    | 'IdempotencyMismatch'
    | 'InvalidState'
    | 'Unauthenticated';
}

export class InvalidInputError extends DomainError {
  readonly kind = 'InvalidInput';
  constructor(
    readonly field: string,
    message: string,
  ) {
    super(message);
  }
}

/** The client sent a text that is not a cursor of this list, or of these events. */
export class InvalidCursorError extends InvalidInputError {
  constructor(
    field: string,
    message = 'This is not a cursor of this list. Use pageInfo.endCursor.',
  ) {
    super(field, message);
  }
}

export class NotFoundError extends DomainError {
  readonly kind = 'NotFound';
  /** `id` is the plain id. GraphQL turns it into a global one. */
  constructor(
    readonly type: NodeName,
    readonly id: string,
  ) {
    super(`There is no ${wordsOf(type)} with this id.`);
  }
}

export class AlreadyExistsError extends DomainError {
  readonly kind = 'AlreadyExists';
  constructor(
    readonly field: string,
    message: string,
  ) {
    super(message);
  }
}

export class ForbiddenError extends DomainError {
  readonly kind = 'Forbidden';
}

export class UnauthenticatedError extends DomainError {
  readonly kind = 'Unauthenticated';
  constructor() {
    super('Sign in first: call signIn and send its token as `Authorization: Bearer …`.');
  }
}

export class LimitExceededError extends DomainError {
  readonly kind = 'LimitExceeded';
  constructor(
    what: string,
    readonly limit: number,
    readonly actual: number,
    message = `The limit is ${limit} ${what}, but the request has ${actual}. Send fewer.`,
    /** When the same request can succeed. Null if waiting does not help. */
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(message);
  }
}

/** Something happened too often in a period. GraphQL reports it with the code RATE_LIMITED. */
export class RateLimitedError extends LimitExceededError {
  constructor(
    { what, points, seconds }: { what: string; points: number; seconds: number },
    actual: number,
    override readonly retryAfterSeconds: number,
  ) {
    const limit = `The limit is ${points} ${what} in ${inWords(seconds)}.`;
    const message = `${limit} Try again in ${inWords(retryAfterSeconds)}.`;
    super(what, points, actual, message, retryAfterSeconds);
  }
}

/** Writes a time in whole seconds, minutes or hours, rounded up. */
export function inWords(seconds: number): string {
  const [size, unit]: [number, string] =
    seconds < 120 ? [1, 'second'] : seconds < 7_200 ? [60, 'minute'] : [3_600, 'hour'];
  const count = Math.ceil(seconds / size);
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

export class ConflictError extends DomainError {
  readonly kind = 'Conflict';
  constructor(readonly imageId: string) {
    super('The image changed after you read it. Check its present state, then answer again.');
  }
}

export class IdempotencyMismatchError extends DomainError {
  readonly kind = 'IdempotencyMismatch';
  constructor(readonly clientMutationId: string) {
    super(
      'This clientMutationId was used before with other content. Use a new id for a new answer.',
    );
  }
}

export class InvalidStateError extends DomainError {
  readonly kind = 'InvalidState';
}
