import type { ValidatorFn } from 'type-graphql';
import { LimitExceededError } from '../domain/errors';

/** Characters of any text in a request. Names and tokens have lower limits. */
export const maxTextLength = 10_000;

function check(field: string, value: unknown): void {
  if (typeof value === 'string') {
    if (value.length > maxTextLength)
      throw new LimitExceededError(`characters in ${field}`, maxTextLength, value.length);
  } else if (Array.isArray(value)) for (const one of value) check(field, one);
  else if (typeof value === 'object' && value !== null)
    for (const [name, one] of Object.entries(value)) check(name, one);
}

/**
 * Refuses an argument of a query or mutation that contains a text longer than any field needs,
 * before a service reads it. Services have narrower limits of their own.
 *
 * @throws LimitExceededError
 */
export const refuseLongTexts: ValidatorFn = (value, _type, { args }) => {
  const [name = 'the argument'] = Object.keys(args).filter((key) => args[key] === value);
  check(name, value);
};
