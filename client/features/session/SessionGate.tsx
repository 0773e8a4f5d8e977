import { useApolloClient, useMutation, useQuery } from '@apollo/client/react';
import { Container } from '@mantine/core';
import { type ReactNode, useCallback, useMemo } from 'react';
import { ErrorNotice } from '../../components/ErrorNotice';
import { LoadingPage } from '../../components/LoadingPage';
import {
  SessionSignInDocument,
  SessionSignOutDocument,
  SessionViewerDocument,
} from '../../gql/operations';
import { restartSocket } from '../../lib/apollo';
import { notifyFailure } from '../../lib/mutationErrors';
import { type Session, SessionContext } from '../../lib/session';
import SignInPage from './SignInPage';

/** Shows the sign-in page until a person is signed in. Below it `useViewer()` always has a value. */
export function SessionGate({ children }: { children: ReactNode }) {
  const { data, error, refetch } = useQuery(SessionViewerDocument, {
    fetchPolicy: 'network-only',
    nextFetchPolicy: 'cache-first',
  });
  const renew = useRenewSession();
  const [signIn, signingIn] = useMutation(SessionSignInDocument);
  const [signOut] = useMutation(SessionSignOutDocument);

  const viewer = data?.viewer;
  const session = useMemo<Session | null>(() => {
    if (!viewer) return null;
    return {
      viewer,
      signOut: () =>
        signOut()
          .then(renew)
          .catch((reason: unknown) => notifyFailure(reason)),
    };
  }, [viewer, signOut, renew]);

  if (session) return <SessionContext value={session}>{children}</SessionContext>;
  if (!data && error) return <ServerUnreachable error={error} onRetry={() => void refetch()} />;
  if (!data) return <LoadingPage />;
  return (
    <SignInPage
      loading={signingIn.loading}
      error={signingIn.data?.signIn.error ?? signingIn.error}
      onSignIn={(name) =>
        void signIn({
          variables: { input: { name } },
          onCompleted: ({ signIn: { user } }) => {
            if (user) void renew();
          },
        }).catch(() => {
          // The page shows `signingIn.error`.
        })
      }
    />
  );
}

/** Restarts the socket and clears the cache, so that no data of the previous person is left. */
function useRenewSession() {
  const client = useApolloClient();
  return useCallback(async () => {
    restartSocket();
    await client.resetStore();
  }, [client]);
}

function ServerUnreachable({ error, onRetry }: { error: Error; onRetry: () => void }) {
  return (
    <Container size="xs" py="xl">
      <ErrorNotice error={error} title="Could not reach the server" onRetry={onRetry} />
    </Container>
  );
}
