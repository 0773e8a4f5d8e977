/** SQLSTATE class 08 and the codes with which PostgreSQL ends or refuses connections. */
const endedByServer = /^(08...|57P0[1-5]|53300)$/;
const networkErrors = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH']);
/** Errors of `pg` that have no code. */
const ended = /connection terminated|connection ended|not queryable|timeout expired/i;

/** Whether a query failed because PostgreSQL could not be reached, so that it may succeed later. */
export function isLostConnection(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code = '' } = error as { code?: string };
  return endedByServer.test(code) || networkErrors.has(code) || ended.test(error.message);
}
