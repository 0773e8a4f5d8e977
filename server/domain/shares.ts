import { InvalidInputError } from './errors';

/** The smallest number above 0 that PostgreSQL's `real` can hold. PostgreSQL refuses smaller ones. */
export const minReal = 1e-45;

/** Returns the share as the database stores it: 0 to 1. @throws InvalidInputError */
export function shareOf(field: string, given: number, message: string): number {
  if (!(given >= 0 && given <= 1)) throw new InvalidInputError(field, message);
  return given < minReal ? 0 : given;
}

/** Returns the confidence as the database stores it. @throws InvalidInputError */
export const confidenceOf = (field: string, given: number): number =>
  shareOf(field, given, 'A confidence is between 0 and 1.');

/** Returns the accuracy to reach as the database stores it. @throws InvalidInputError */
export function targetAccuracyOf(field: string, given: number): number {
  const message = 'Enter an accuracy between 0 and 1, both excluded.';
  const accuracy = shareOf(field, given, message);
  // The database stores single precision, which rounds 0.99999999 to 1.
  if (accuracy === 0 || Math.fround(accuracy) === 1) throw new InvalidInputError(field, message);
  return accuracy;
}
