import { InvalidInputError } from '../../domain/errors';

/** A chance that a certificate may be wrong: beyond a fifth it would promise little. @throws InvalidInputError */
export function alphaOf(field: string, value: number): number {
  if (value >= 0.0001 && value <= 0.2) return value;
  throw new InvalidInputError(field, 'Give a chance from 0.0001 (0.01 %) to 0.2 (20 %).');
}

/** A share that a certificate can be about. @throws InvalidInputError */
export function shareOf(field: string, value: number): number {
  if (value >= 0.0001 && value <= 0.5) return value;
  throw new InvalidInputError(field, 'Give a share from 0.0001 (0.01 %) to 0.5 (50 %).');
}
