import { ApolloClient, ApolloLink, HttpLink } from '@apollo/client';
import { CombinedGraphQLErrors } from '@apollo/client/errors';
import { ErrorLink } from '@apollo/client/link/error';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { isSubscriptionOperation } from '@apollo/client/utilities';
import { FreshCache } from './cache';
import { createSocket } from './socket';

/** One websocket for everything live; `restartSocket` makes it introduce itself again. */
export const socket = createSocket();

const http = new HttpLink({
  uri: '/graphql',
  credentials: 'same-origin',
  headers: { 'apollo-require-preflight': 'true' },
});

const isUnauthenticated = (error: unknown) =>
  CombinedGraphQLErrors.is(error) &&
  error.errors.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED');

/** The session ended elsewhere: ask who we are, and the session gate shows the door. */
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
      // A page shows at once what is known and reads again: while it was closed, nobody told it of
      // changes.
      watchQuery: { fetchPolicy: 'cache-and-network', nextFetchPolicy: 'cache-first' },
    },
  });
}

/**
 * The cookie is read when the socket opens, so a new person needs a new one; subscriptions resume
 * by themselves.
 */
export const restartSocket = () => socket.terminate();
