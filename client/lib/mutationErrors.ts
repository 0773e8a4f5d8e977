import { notifications } from '@mantine/notifications';

/**
 * The types that implement `MutationError` in the schema. A test holds this list against the SDL.
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

/** A few words that name the kind of failure; the server's message says what to do about it. */
export function mutationErrorTitle(name: MutationErrorName): string {
  switch (name) {
    case 'InvalidInput':
      return 'That cannot be saved';
    case 'NotFound':
      return 'It is no longer there';
    case 'AlreadyExists':
      return 'It exists already';
    case 'Forbidden':
      return 'You may not do that';
    case 'LimitExceeded':
      return 'Too much at once';
    case 'Conflict':
      return 'Somebody was faster';
    case 'IdempotencyMismatch':
      return 'This was sent before with other content';
    case 'InvalidState':
      return 'Not possible right now';
    default:
      return unknownError(name);
  }
}

/**
 * The compiler proves that this is unreachable; a newer server may still send what we do not know.
 */
function unknownError(_name: never): string {
  return 'That did not work';
}

/** Shows `payload.error`; returns whether there was one, so that a caller can stop there. */
export function notifyMutationError(error: MutationErrorLike | null | undefined): boolean {
  if (!error) return false;
  notifications.show({
    color: 'red',
    title: mutationErrorTitle(error.__typename),
    message: error.message,
  });
  return true;
}

/** Shows a failure outside the schema: no network, or a fault of the server. */
export function notifyFailure(error: unknown, title = 'That did not work'): void {
  notifications.show({ color: 'red', title, message: failureMessage(error) });
}

export function failureMessage(error: unknown): string {
  if (error instanceof TypeError) return 'The server cannot be reached. Check the connection.';
  return error instanceof Error ? error.message : 'Please try again.';
}
