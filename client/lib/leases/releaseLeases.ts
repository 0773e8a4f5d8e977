import type { ApolloClient } from '@apollo/client';
import { LeasesReleaseDocument } from '../../gql/operations';

export interface Lease {
  leaseToken: string;
  leaseExpiresAt: string;
}

/** Releases unanswered tasks. `keepalive` lets the request finish after the page is left. */
export function releaseLeases(client: ApolloClient, leases: readonly Lease[]): void {
  if (!leases.length) return;
  const leaseTokens = leases.map(({ leaseToken }) => leaseToken);
  client
    .mutate({
      mutation: LeasesReleaseDocument,
      variables: { input: { leaseTokens } },
      context: { fetchOptions: { keepalive: true } },
    })
    .catch(() => {
      // Leases that are not released expire.
    });
}
