import { InvalidInputError } from '../../domain/errors';
import type { CertificateSettings } from '../datasets/dataset.ports';
import { requireFreeAlpha } from './alphaLedger';

/** A risk above a fifth would promise little. @throws InvalidInputError */
function checkAlpha(field: string, value: number): number {
  if (value >= 0.0001 && value <= 0.2) return value;
  throw new InvalidInputError(field, 'Give a chance from 0.0001 (0.01 %) to 0.2 (20 %).');
}

/** A share of wrong images that a certificate can be about. @throws InvalidInputError */
export function checkEpsilon(field: string, value: number): number {
  if (value >= 0.0001 && value <= 0.5) return value;
  throw new InvalidInputError(field, 'Give a share from 0.0001 (0.01 %) to 0.5 (50 %).');
}

/** What the settings of a dataset may say about its certificates. */
export const certificateSettings: CertificateSettings = {
  checkEpsilon,
  checkAlpha,
  applyAlpha: requireFreeAlpha,
};
