import {
  PermanentUploadError,
  TicketGoneError,
  type UploadItem,
  type UploadOptions,
  type UploadState,
} from './uploadTypes';

export interface NextStep {
  state: UploadState;
  waitMs: number;
  needsNewTicket: boolean;
  reason?: UploadItem['reason'];
}

const settledStep = (state: UploadState, reason?: UploadItem['reason']): NextStep => ({
  state,
  waitMs: 0,
  needsNewTicket: false,
  reason,
});

/**
 * Decides the next step of a file after a failed attempt: give up, request a new ticket, or retry
 * after twice the last wait. `attempts` already includes the failed one.
 */
export function afterFailure(
  item: Pick<UploadItem, 'attempts' | 'ticket'>,
  error: unknown,
  retryFrom: UploadState,
  { maxAttempts, backoffMs }: Pick<UploadOptions, 'maxAttempts' | 'backoffMs'>,
): NextStep {
  if (error instanceof PermanentUploadError)
    return settledStep(error.reason === 'NETWORK' ? 'failed' : 'refused', error.reason);
  if (item.attempts >= maxAttempts) return settledStep('failed');
  if (error instanceof TicketGoneError)
    return { state: 'waiting', waitMs: 0, needsNewTicket: true };
  const waitMs = backoffMs * 2 ** (item.attempts - 1);
  // The bytes have arrived, so only the completion is repeated.
  if (retryFrom === 'sent') return { state: 'sent', waitMs, needsNewTicket: false };
  return { state: item.ticket ? 'ticketed' : 'waiting', waitMs, needsNewTicket: false };
}
