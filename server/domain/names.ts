import { limits } from '../../shared/limits';
import { InvalidInputError, LimitExceededError } from './errors';
import { forbiddenCharacter } from './nameCharacters';

/** Decomposed characters and spaces around it make a name longer than what is stored. */
const maxGivenLength = 10 * limits.maxNameLength;

/** Names are compared in a form in which one character can become eighteen. */
const maxDecomposedLength = 4 * limits.maxNameLength;

/**
 * Call it before `normalize`, which takes quadratic time for a long text of combining characters.
 *
 * @throws LimitExceededError
 */
export function refuseLongName(given: string): void {
  if (given.length > maxGivenLength)
    throw new LimitExceededError('characters in a name', limits.maxNameLength, given.length);
}

/** Returns the name as it is stored. @throws InvalidInputError, LimitExceededError */
export function cleanName(field: string, given: string): string {
  refuseLongName(given);
  const name = given.normalize('NFC').trim().replace(/ +/g, ' ');
  if (!name) throw new InvalidInputError(field, 'A name cannot be empty.');
  const forbidden = forbiddenCharacter(name);
  if (forbidden)
    throw new InvalidInputError(
      field,
      `A name cannot contain the character ${forbidden}, which people cannot see or read reliably. Remove it.`,
    );
  if (name.length > limits.maxNameLength)
    throw new LimitExceededError('characters in a name', limits.maxNameLength, name.length);
  const { length } = name.normalize('NFKD');
  if (length > maxDecomposedLength)
    throw new LimitExceededError('characters in a name', limits.maxNameLength, length);
  return name;
}
