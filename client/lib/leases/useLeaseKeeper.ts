import { useApolloClient } from '@apollo/client/react';
import { useEffect, useEffectEvent } from 'react';
import { LeasesRenewDocument } from '../../gql/operations';
import { type Lease, releaseLeases } from './releaseLeases';

export type { Lease } from './releaseLeases';

const shortest = 10_000;
const longest = 5 * 60_000;

/**
 * A third of what is left of the shortest lease, kept within reason should the two clocks disagree.
 */
export function renewAfter(leases: readonly Lease[], now = Date.now()): number {
  const left = Math.min(...leases.map(({ leaseExpiresAt }) => Date.parse(leaseExpiresAt) - now));
  return Math.min(longest, Math.max(shortest, left / 3));
}

export interface LeaseChanges {
  onRenewed: (leases: Lease[]) => void;
  /** Tokens that are no longer ours. */
  onLost: (tokens: string[]) => void;
}

/** Keeps leases alive while the page is looked at, and gives them back when it is left. */
export function useLeaseKeeper(leases: readonly Lease[], { onRenewed, onLost }: LeaseChanges) {
  const client = useApolloClient();
  const held = leases.length > 0;

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
      const alive = new Set(renewed.map(({ leaseToken }) => leaseToken));
      onRenewed(renewed);
      const lost = leaseTokens.filter((token) => !alive.has(token));
      if (lost.length) onLost(lost);
    } catch {
      // Out of reach: the next third tries again, and an answer after the lease still counts.
    }
  });

  const release = useEffectEvent(() => releaseLeases(client, leases));

  const wait = useEffectEvent(() => renewAfter(leases));

  useEffect(() => {
    if (!held) return;
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
  }, [held]);

  useEffect(() => {
    const leave = () => release();
    addEventListener('pagehide', leave);
    return () => {
      removeEventListener('pagehide', leave);
      leave();
    };
  }, []);
}
