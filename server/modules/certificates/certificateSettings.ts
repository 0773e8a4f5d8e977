import { InvalidInputError } from '../../domain/errors';
import type { CertificateSettings } from '../datasets/dataset.ports';
import { requireFreeAlpha } from './alphaLedger';

/** Checks the allowed risk, which may be at most a fifth. @throws InvalidInputError */
function checkAlpha(field: string, value: number): number {
  if (value >= 0.0001 && value <= 0.2) return value;
  throw new InvalidInputError(field, 'Enter a risk from 0.0001 (0.01 %) to 0.2 (20 %).');
}

/** Checks the maximum error rate of a certificate. @throws InvalidInputError */
export function checkEpsilon(field: string, value: number): number {
  if (value >= 0.0001 && value <= 0.5) return value;
  throw new InvalidInputError(field, 'Enter a share from 0.0001 (0.01 %) to 0.5 (50 %).');
}

/** The rules for a dataset's certificate settings. */
export const certificateSettings: CertificateSettings = {
  checkEpsilon,
  checkAlpha,
  applyAlpha: requireFreeAlpha,
};
