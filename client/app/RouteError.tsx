import { Container } from '@mantine/core';
import { useRouteError } from 'react-router';
import { ErrorNotice } from '../components/ErrorNotice';

/**
 * Replaces a page that failed to load or render. After a new release, a reload fetches the new
 * page.
 */
export function RouteError() {
  const error = useRouteError();
  return (
    <Container size="xs" py="xl">
      <ErrorNotice
        error={error instanceof Error ? error : new Error('The cause is unknown. Try again.')}
        title="The page could not be shown"
        onRetry={() => location.reload()}
      />
    </Container>
  );
}
