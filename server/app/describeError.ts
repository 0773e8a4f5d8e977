/** The fields of an error that may be logged, in addition to type, message and stack. */
const facts = ['code', 'constraint', 'table', 'column', 'query', 'errno', 'syscall'] as const;
const maxTextLength = 5_000;
const maxCauses = 3;

/** SQLSTATE class 22: the value does not fit. PostgreSQL quotes the value in its message. */
const quotesValues = (code: unknown) => typeof code === 'string' && /^22...$/.test(code);

export type DescribedError = Record<string, unknown>;

/**
 * Describes an error for the log. A failed query is logged with its text, and never with its
 * parameters, because they hold what people wrote. Only the listed fields are copied, so a new field
 * of a library is not logged.
 */
export function describeError(given: unknown, depth = 0): DescribedError | string {
  // pino-http passes an error that it has already described.
  const error = (given as { raw?: unknown } | null | undefined)?.raw ?? given;
  if (!(error instanceof Error)) return String(error).slice(0, maxTextLength);
  const fields = error as unknown as Record<string, unknown>;
  const { cause, stack = '' } = error;
  const isQuoting = quotesValues(fields.code);
  const message = isQuoting ? `a value does not fit (${String(fields.code)})` : error.message;
  const frames = stack.indexOf('\n    at ');
  const described: DescribedError = {
    type: error.constructor.name,
    message: message.slice(0, maxTextLength),
    // The first line of a stack is the message again.
    stack: frames < 0 ? '' : stack.slice(frames + 1, frames + maxTextLength),
  };
  for (const name of facts) {
    const value = fields[name];
    if (typeof value === 'string') described[name] = value.slice(0, maxTextLength);
    if (typeof value === 'number') described[name] = value;
  }
  if (cause instanceof Error && depth < maxCauses)
    described.cause = describeError(cause, depth + 1);
  return described;
}
