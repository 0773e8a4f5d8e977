import { ApolloProvider } from '@apollo/client/react';
import { MantineProvider } from '@mantine/core';
import { ModalsProvider } from '@mantine/modals';
import { Notifications } from '@mantine/notifications';
import { createSearchParams, RouterProvider } from 'react-router';
import { SessionGate } from '../features/session/SessionGate';
import { createApollo } from '../lib/apollo';
import { datasetPaths } from '../lib/datasetPaths';
import { OutboxProvider } from '../lib/outbox/OutboxProvider';
import { router } from './router';
import { styleNonce } from './styleNonce';
import { theme } from './theme';

const client = createApollo();

const showImage = (datasetId: string, image: string) =>
  void router.navigate({
    pathname: datasetPaths.label(datasetId),
    search: String(createSearchParams({ image })),
  });

export function App() {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => styleNonce}>
      <Notifications position="bottom-right" limit={4} />
      <ApolloProvider client={client}>
        <ModalsProvider>
          <SessionGate>
            <OutboxProvider onShowImage={showImage}>
              <RouterProvider router={router} />
            </OutboxProvider>
          </SessionGate>
        </ModalsProvider>
      </ApolloProvider>
    </MantineProvider>
  );
}
