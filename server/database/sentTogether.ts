/** The code of PostgreSQL for every statement after the one that failed. */
const transactionAborted = '25P02';

type Each<T extends readonly unknown[]> = { readonly [K in keyof T]: T[K] | Promise<T[K]> };

/**
 * Waits for statements of one transaction that were sent together. If one fails, it waits for the
 * others, so that none is sent after the transaction has been rolled back. Then it throws the error
 * that was the cause.
 */
export async function sentTogether<T extends readonly unknown[]>(
  ...statements: Each<T>
): Promise<T> {
  const results = await Promise.allSettled(statements as readonly unknown[]);
  const failures = results.flatMap((one) =>
    one.status === 'rejected' ? [one.reason as unknown] : [],
  );
  if (failures.length > 0) throw failures.find((one) => !isConsequence(one)) ?? failures[0];
  return results.map((one) => (one as PromiseFulfilledResult<unknown>).value) as unknown as T;
}

const isConsequence = (error: unknown): boolean =>
  (error as { code?: string } | null)?.code === transactionAborted;
