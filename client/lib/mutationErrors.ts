import { notifications } from '@mantine/notifications';

/**
 * The types that implement `MutationError` in the schema. A test compares this list with the SDL.
 */
export type MutationErrorName =
  | 'InvalidInput'
  | 'NotFound'
  | 'AlreadyExists'
  | 'Forbidden'
  | 'LimitExceeded'
  | 'Conflict'
  | 'IdempotencyMismatch'
  | 'InvalidState';

/** `payload.error`, selected with at least `__typename message`. */
export interface MutationErrorLike {
  __typename: MutationErrorName;
  message: string;
}

/** Names the kind of failure. The server's message says what to do about it. */
export function mutationErrorTitle(name: MutationErrorName): string {
  switch (name) {
    case 'InvalidInput':
      return 'Invalid input';
    case 'NotFound':
      return 'Not found';
    case 'AlreadyExists':
      return 'Already exists';
    case 'Forbidden':
      return 'Not permitted';
    case 'LimitExceeded':
      return 'Limit exceeded';
    case 'Conflict':
      return 'Changed by somebody else';
    case 'IdempotencyMismatch':
      return 'Already sent with different content';
    case 'InvalidState':
      return 'Not possible now';
    default:
      return unknownError(name);
  }
}

/** The compiler proves that this is unreachable, but a newer server may send a new error type. */
function unknownError(_name: never): string {
  return 'The action failed';
}

/** Shows `payload.error`, and returns whether there was one. */
export function notifyMutationError(error: MutationErrorLike | null | undefined): boolean {
  if (!error) return false;
  notifications.show({
    color: 'red',
    title: mutationErrorTitle(error.__typename),
    message: error.message,
  });
  return true;
}

/** Shows a failure outside the schema, for example a network or server error. */
export function notifyFailure(error: unknown, title = 'The action failed'): void {
  notifications.show({ color: 'red', title, message: failureMessage(error) });
}

/** Returns a message for people that describes a failure. */
export function failureMessage(error: unknown): string {
  if (error instanceof TypeError) return 'The server cannot be reached. Check the connection.';
  return error instanceof Error ? error.message : 'The cause is unknown. Try again.';
}
