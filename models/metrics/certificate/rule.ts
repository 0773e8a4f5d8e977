import { ModelInputError } from '../../errors';

/** One decision point of an audit. */
export interface AuditStage {
  /** Number of audited images at which this stage decides. */
  audits: number;
  /** The certificate is issued if at most this many of the audited images were wrong. */
  allowedWrong: number;
}

/** The rule of an audit. It is fixed before the first image is drawn. */
export interface AuditRule {
  /** Number of images that the certificate covers. */
  population: number;
  /** Maximum number of wrong images in the delivery. */
  tolerated: number;
  /** By rising number of audits. An audit reaches the next stage if this one does not issue. */
  stages: readonly AuditStage[];
}

/** Computes how many images of a population may be wrong, rounded down to a whole number. */
export function toleratedWrong(population: number, epsilon: number): number {
  if (!(epsilon > 0 && epsilon < 1))
    throw new ModelInputError('VALUE', `Epsilon: ${epsilon} is not between 0 and 1`);
  // Products like 0.29 · 100 fall just below the whole number in doubles.
  return Math.floor(population * epsilon + 1e-9);
}
