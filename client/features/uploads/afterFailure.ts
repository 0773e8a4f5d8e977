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
  freshTicket: boolean;
  reason?: UploadItem['reason'];
}

const over = (state: UploadState, reason?: UploadItem['reason']): NextStep => ({
  state,
  waitMs: 0,
  freshTicket: false,
  reason,
});

/**
 * What a failure means for a file whose attempts already count it: the end, a fresh ticket, or
 * another try from where it was, each time after twice the wait.
 */
export function afterFailure(
  item: Pick<UploadItem, 'attempts' | 'ticket'>,
  error: unknown,
  retryFrom: UploadState,
  { maxAttempts, backoffMs }: Pick<UploadOptions, 'maxAttempts' | 'backoffMs'>,
): NextStep {
  if (error instanceof PermanentUploadError)
    return over(error.reason === 'NETWORK' ? 'failed' : 'refused', error.reason);
  if (item.attempts >= maxAttempts) return over('failed');
  if (error instanceof TicketGoneError) return { state: 'waiting', waitMs: 0, freshTicket: true };
  const waitMs = backoffMs * 2 ** (item.attempts - 1);
  // Bytes that have arrived need not be sent again only because the answer for them was lost.
  if (retryFrom === 'sent') return { state: 'sent', waitMs, freshTicket: false };
  return { state: item.ticket ? 'ticketed' : 'waiting', waitMs, freshTicket: false };
}
