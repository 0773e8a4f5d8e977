import type { EntityManager } from 'typeorm';
import { alphaOfAttempt } from '../../../models/metrics';
import { CertificateStatus } from '../../../shared/enums';
import { InvalidStateError } from '../../domain/errors';
import { Certificate } from './certificate.entity';

/** What a dataset may still risk. */
export interface AlphaLedger {
  /** Spent by attempts since the last certificate that was issued. */
  spent: number[];
  left: number;
  /** The part of the next attempt. */
  next: number;
}

/**
 * Alpha is chosen before the first answer: who could raise it after a refusal would choose it by what the audit found.
 * Called once the dataset's row is locked, as it is when an audit begins.
 * @throws InvalidStateError
 */
export async function requireFreeAlpha(manager: EntityManager, datasetId: string): Promise<void> {
  const { open, spent } = await attemptsAtPromise(manager, datasetId);
  if (open)
    throw new InvalidStateError(
      'The chance of a wrong certificate cannot change while an audit is open. Finish it or cancel it first.',
    );
  if (spent.length > 0)
    throw new InvalidStateError(
      'Earlier attempts spent part of the chance of a wrong certificate, so it stays as it is until one is issued.',
    );
}

/**
 * Alpha belongs to one promise: the attempts at it share it, until one of them is issued; the next one is a promise
 * of its own. An attempt that nobody answered anything for has learnt nothing, and costs nothing.
 */
export async function readLedger(
  manager: EntityManager,
  datasetId: string,
  alpha: number,
): Promise<AlphaLedger> {
  const { spent } = await attemptsAtPromise(manager, datasetId);
  const left = Math.max(0, spent.reduce((rest, part) => rest - part, alpha)); // prettier-ignore
  return { spent, left, next: alphaOfAttempt(alpha, spent) };
}

/** What was tried since the last certificate that was issued. */
async function attemptsAtPromise(
  manager: EntityManager,
  datasetId: string,
): Promise<{ spent: number[]; open: boolean }> {
  const attempts = await manager.find(Certificate, {
    where: { datasetId },
    order: { number: 'DESC' },
  });
  const issued = attempts.findIndex((one) => one.issuedAt !== null);
  const since = issued < 0 ? attempts : attempts.slice(0, issued);
  return {
    spent: since.filter((one) => one.spent).map((one) => one.attemptAlpha),
    open: since.some(({ status }) => status === CertificateStatus.AUDITING),
  };
}
