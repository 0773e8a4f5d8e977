/** SQLSTATE class 08, the codes with which PostgreSQL ends or refuses connections, and ended transactions. */
const endedByServer = /^(08...|57P0[1-5]|25P0[34]|53300)$/;
const networkErrors = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  // In a network of containers, a stopped database has no name.
  'ENOTFOUND',
  'EAI_AGAIN',
]);
/** Errors of `pg` and TypeORM that have no code. */
const ended =
  /connection terminated|connection ended|not queryable|timeout expired|already released/i;

/** Whether a query failed because PostgreSQL could not be reached, so that it may succeed later. */
export function isLostConnection(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code = '' } = error as { code?: string };
  return endedByServer.test(code) || networkErrors.has(code) || ended.test(error.message);
}
