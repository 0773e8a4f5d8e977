import { createSourceEventStream, type ExecutionResult } from 'graphql';
import { unexpectedError } from '../../graphql/errorMapping';
import { mapStream } from '../../graphql/mapStream';
import type { SocketOperation } from './socketOperations';

interface SubscribeOptions {
  finish: (result: ExecutionResult) => ExecutionResult;
  /** Opens the source when it is the person's turn. */
  open: <T>(source: () => Promise<T>) => Promise<T>;
  /** Executes the selection on one event. */
  execute: (event: SocketOperation) => Promise<ExecutionResult>;
}

/**
 * Subscribes as graphql-js does, but an error of the stream reaches the client as an error of the
 * operation.
 */
export async function subscribe(
  operation: SocketOperation,
  { finish, open, execute }: SubscribeOptions,
): Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult> {
  const stream = await open(() => createSourceEventStream(operation));
  if (!(Symbol.asyncIterator in stream)) return finish(stream);
  const results = mapStream(stream as AsyncIterableIterator<unknown>, async (rootValue) =>
    finish(await execute({ ...operation, rootValue })),
  );
  let failed = false;
  const delivered: AsyncIterableIterator<ExecutionResult> = {
    [Symbol.asyncIterator]: () => delivered,
    async next() {
      if (failed) return { done: true, value: undefined };
      try {
        return await results.next();
      } catch (error) {
        failed = true;
        return { done: false, value: finish({ errors: [unexpectedError(error)] }) };
      }
    },
    return: () => results.return?.() ?? Promise.resolve({ done: true, value: undefined }),
  };
  return delivered;
}
