/** The caller passed something that the models cannot work with. The message says what and why. */
export class ModelInputError extends Error {
  override readonly name = 'ModelInputError';

  constructor(
    readonly code: ModelInputErrorCode,
    message: string,
  ) {
    super(message);
  }
}

export type ModelInputErrorCode =
  'SHAPE' | 'VALUE' | 'TOO_FEW_CLASSES' | 'IMAGE' | 'BACKBONE' | 'DOWNLOAD' | 'ENGINE';

/** Refuses a buffer whose length does not match its shape, and names both. */
export function requireShape(
  what: string,
  actual: { length: number },
  ...shape: readonly number[]
): void {
  const expected = shape.reduce((product, length) => product * length, 1);
  const valid = shape.every((length) => Number.isInteger(length) && length >= 0);
  if (valid && actual.length === expected) return;
  throw new ModelInputError(
    'SHAPE',
    `${what}: expected [${shape.join(' × ')}] = ${expected} values, got [${actual.length}]`,
  );
}

/** Returns the error of work that a signal stopped: its reason, or an `AbortError`. */
export function abortError(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  if (reason instanceof Error && reason.name === 'AbortError') return reason;
  return new DOMException('The work was cancelled', 'AbortError');
}

/** Throws `abortError(signal)` if the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortError(signal);
}
