import { useApolloClient } from '@apollo/client/react';
import { useEffect, useEffectEvent } from 'react';
import { LeasesRenewDocument } from '../../gql/operations';
import { type Lease, releaseLeases } from './releaseLeases';

export type { Lease } from './releaseLeases';

const minDelayMs = 10_000;
const maxDelayMs = 5 * 60_000;

/**
 * Returns the delay until the next renewal: a third of the shortest remaining time, within limits.
 */
export function renewAfter(leases: readonly Lease[], now = Date.now()): number {
  const left = Math.min(...leases.map(({ leaseExpiresAt }) => Date.parse(leaseExpiresAt) - now));
  return Math.min(maxDelayMs, Math.max(minDelayMs, left / 3));
}

export interface LeaseChanges {
  onRenewed: (leases: Lease[]) => void;
  /** Tokens whose lease was lost. */
  onLost: (tokens: string[]) => void;
}

/** Renews leases while the page is visible, and releases them when the user leaves it. */
export function useLeaseKeeper(leases: readonly Lease[], { onRenewed, onLost }: LeaseChanges) {
  const client = useApolloClient();
  const hasLeases = leases.length > 0;

  const renew = useEffectEvent(async () => {
    if (document.visibilityState !== 'visible' || !leases.length) return;
    const leaseTokens = leases.map(({ leaseToken }) => leaseToken);
    try {
      const { data } = await client.mutate({
        mutation: LeasesRenewDocument,
        variables: { input: { leaseTokens } },
      });
      const renewed = data?.renewLeases.tasks;
      if (!renewed) return;
      const valid = new Set(renewed.map(({ leaseToken }) => leaseToken));
      onRenewed(renewed);
      const lost = leaseTokens.filter((token) => !valid.has(token));
      if (lost.length) onLost(lost);
    } catch {
      // The server cannot be reached. The next renewal retries, and late answers still count.
    }
  });

  const release = useEffectEvent(() => releaseLeases(client, leases));

  const wait = useEffectEvent(() => renewAfter(leases));

  useEffect(() => {
    if (!hasLeases) return;
    let timer: ReturnType<typeof setTimeout>;
    const next = () => {
      timer = setTimeout(() => void renew().finally(next), wait());
    };
    const onVisible = () => void renew();
    next();
    document.addEventListener('visibilitychange', onVisible);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, [hasLeases]);

  useEffect(() => {
    const leave = () => release();
    addEventListener('pagehide', leave);
    return () => {
      removeEventListener('pagehide', leave);
      leave();
    };
  }, []);
}
