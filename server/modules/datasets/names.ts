import { limits } from '../../../shared/limits';
import { InvalidInputError, LimitExceededError } from '../../graphql/domainErrors';

// eslint-disable-next-line no-control-regex -- names become folder names: no control characters
const control = /[\u0000-\u001f\u007f]/;

/** The name as it is kept. @throws InvalidInputError, LimitExceededError */
export function cleanName(field: string, given: string): string {
  const name = given.normalize('NFC').trim().replace(/ +/g, ' ');
  if (!name) throw new InvalidInputError(field, 'A name cannot be empty.');
  if (control.test(name))
    throw new InvalidInputError(field, 'A name cannot hold line breaks or control characters.');
  if (name.length > limits.maxNameLength)
    throw new LimitExceededError('characters in a name', limits.maxNameLength, name.length);
  return name;
}
