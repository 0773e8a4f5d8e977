import type { EntityManager } from 'typeorm';
import { alphaOfAttempt } from '../../../models/metrics';
import { CertificateStatus } from '../../../shared/enums';
import { InvalidStateError } from '../../domain/errors';
import { Certificate } from './certificate.entity';

/** The allowed risk of a dataset's certificates, and how much of it is spent. */
export interface AlphaLedger {
  /** Spent by attempts since the last issued certificate. */
  spent: number[];
  left: number;
  /** The part of the next attempt. */
  next: number;
}

/**
 * Alpha has to be chosen before the first answer. A person who could raise it after a refusal would
 * choose it by the result of the audit. The caller holds the lock on the dataset's row, as the
 * start of an audit does. @throws InvalidStateError
 */
export async function requireFreeAlpha(manager: EntityManager, datasetId: string): Promise<void> {
  const { open, spent } = await attemptsAtPromise(manager, datasetId);
  if (open)
    throw new InvalidStateError(
      'The allowed risk cannot change while an audit is open. Finish or cancel the audit first.',
    );
  if (spent.length > 0)
    throw new InvalidStateError(
      'Earlier attempts have spent a part of the allowed risk. It can change after a certificate is issued.',
    );
}

/**
 * All attempts at one promise share alpha, until one of them is issued. The next promise gets a new
 * alpha. An attempt without any answer costs nothing.
 */
export async function readLedger(
  manager: EntityManager,
  datasetId: string,
  alpha: number,
): Promise<AlphaLedger> {
  const { spent } = await attemptsAtPromise(manager, datasetId);
  const left = Math.max(
    0,
    spent.reduce((rest, part) => rest - part, alpha),
  );
  return { spent, left, next: alphaOfAttempt(alpha, spent) };
}

/** Lists the attempts since the last issued certificate. */
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
