import type { EntityManager } from 'typeorm';
import { alphaOfAttempt } from '../../../models/metrics/certificate';
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
 * Alpha belongs to one promise: the attempts at it share it, until one of them is issued; the next one is a promise
 * of its own. An attempt that nobody answered anything for has learnt nothing, and costs nothing.
 */
export async function readLedger(
  manager: EntityManager,
  datasetId: string,
  alpha: number,
): Promise<AlphaLedger> {
  const attempts = await manager.find(Certificate, {
    where: { datasetId },
    order: { number: 'DESC' },
  });
  const issued = attempts.findIndex((one) => one.issuedAt !== null);
  const since = issued < 0 ? attempts : attempts.slice(0, issued);
  const spent = since.filter((one) => one.spent).map((one) => one.attemptAlpha);
  const left = Math.max(0, spent.reduce((rest, part) => rest - part, alpha)); // prettier-ignore
  return { spent, left, next: alphaOfAttempt(alpha, spent) };
}
