/** PostgreSQL's code for a statement that it refused because an earlier one had failed. */
const transactionAborted = '25P02';

type Each<T extends readonly unknown[]> = { readonly [K in keyof T]: T[K] | Promise<T[K]> };

/**
 * Waits for statements of one transaction that were sent without waiting for each other. If one
 * fails, it still waits for the others. So no statement is sent after the rollback.
 *
 * @throws the error of the statement that failed first, not those that PostgreSQL then refused
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
