import { ApolloClient, ApolloLink, HttpLink } from '@apollo/client';
import { CombinedGraphQLErrors } from '@apollo/client/errors';
import { ErrorLink } from '@apollo/client/link/error';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { isSubscriptionOperation } from '@apollo/client/utilities';
import { FreshCache } from './cache';
import { createSocket } from './socket';

/** The one websocket for live data. `restartSocket` makes it authenticate again. */
export const socket = createSocket();

const http = new HttpLink({
  uri: '/graphql',
  credentials: 'same-origin',
  headers: { 'apollo-require-preflight': 'true' },
});

const isUnauthenticated = (error: unknown) =>
  CombinedGraphQLErrors.is(error) &&
  error.errors.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED');

/** Reads the viewer again if the session ended, so that the session gate shows the sign-in page. */
const sessionWatch = new ErrorLink(({ error, operation }) => {
  if (!isUnauthenticated(error) || operation.operationName === 'SessionViewer') return;
  void operation.client.refetchQueries({ include: ['SessionViewer'] });
});

export function createApollo() {
  return new ApolloClient({
    cache: new FreshCache(),
    link: ApolloLink.from([
      sessionWatch,
      ApolloLink.split(
        ({ query }) => isSubscriptionOperation(query),
        new GraphQLWsLink(socket),
        http,
      ),
    ]),
    defaultOptions: {
      // A page shows cached data immediately and reads it again, because a closed page gets no
      // events.
      watchQuery: { fetchPolicy: 'cache-and-network', nextFetchPolicy: 'cache-first' },
    },
  });
}

/**
 * Opens a new socket, because the session cookie is read only then. Subscriptions resume
 * automatically.
 */
export const restartSocket = () => socket.terminate();
