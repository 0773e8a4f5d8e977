import type { MiddlewareFn } from 'type-graphql';
import { toMutationError } from './errorMapping';

/**
 * Turns an error that a mutation throws into its payload's `error`, so that resolvers stay one
 * line.
 */
export const mutationErrors: MiddlewareFn = async ({ info }, next) => {
  if (info.parentType !== info.schema.getMutationType()) return next() as Promise<unknown>;
  try {
    return (await next()) as unknown;
  } catch (error) {
    return { error: toMutationError(error) };
  }
};
