import { Container } from '@mantine/core';
import { useRouteError } from 'react-router';
import { ErrorNotice } from '../components/ErrorNotice';

/**
 * A page that fails to load or draw takes only itself down. After a new release a reload fetches
 * the new page.
 */
export function RouteError() {
  const error = useRouteError();
  return (
    <Container size="xs" py="xl">
      <ErrorNotice
        error={error instanceof Error ? error : new Error('Something went wrong.')}
        title="This page failed"
        onRetry={() => location.reload()}
      />
    </Container>
  );
}
