import { ConflictError, InvalidInputError, InvalidStateError } from '../../domain/errors';

type FinalError = ConflictError | InvalidInputError | InvalidStateError;

/** An error as the database stores it. */
export type StoredError =
  | { kind: 'Conflict'; imageId: string }
  | { kind: 'InvalidInput'; field: string; message: string }
  | { kind: 'InvalidState'; message: string };

/** Whether a repeated mutation gets the same error. After another error it may still succeed. */
export const isFinal = (error: unknown): error is FinalError =>
  error instanceof ConflictError ||
  error instanceof InvalidInputError ||
  error instanceof InvalidStateError;

export function toStoredError(error: FinalError): StoredError {
  const { kind, message } = error;
  switch (kind) {
    case 'Conflict':
      return { kind, imageId: error.imageId };
    case 'InvalidInput':
      return { kind, field: error.field, message };
    case 'InvalidState':
      return { kind, message };
  }
}

export function fromStoredError(stored: StoredError): FinalError {
  switch (stored.kind) {
    case 'Conflict':
      return new ConflictError(stored.imageId);
    case 'InvalidInput':
      return new InvalidInputError(stored.field, stored.message);
    case 'InvalidState':
      return new InvalidStateError(stored.message);
  }
}
