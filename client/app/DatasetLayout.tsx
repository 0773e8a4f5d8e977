import { useQuery } from '@apollo/client/react';
import { Container, Text } from '@mantine/core';
import { use } from 'react';
import { createPortal } from 'react-dom';
import { Link, Outlet } from 'react-router';
import { ErrorNotice } from '../components/ErrorNotice';
import { LoadingPage } from '../components/LoadingPage';
import { AppDatasetDocument } from '../gql/operations';
import { datasetPaths, useDatasetId } from '../lib/datasetPaths';
import { DatasetLive } from '../lib/live';
import { ConnectionDot } from './ConnectionDot';
import { NotFoundPage } from './NotFoundPage';
import { ShellSlot } from './shellSlot';

/** Opens a dataset. It reads the event cursor first, so that the pages miss no event. */
export function DatasetLayout() {
  const datasetId = useDatasetId();
  return <OpenDataset key={datasetId} datasetId={datasetId} />;
}

function OpenDataset({ datasetId }: { datasetId: string }) {
  const { data, error, loading, refetch } = useQuery(AppDatasetDocument, {
    variables: { datasetId },
    fetchPolicy: 'network-only',
    nextFetchPolicy: 'cache-first',
  });
  if (!data && error)
    return (
      <Container size="xs" py="xl">
        <ErrorNotice error={error} onRetry={() => void refetch()} />
      </Container>
    );
  if (!data) return loading ? <LoadingPage /> : null;
  if (!data.dataset) return <NotFoundPage what="Dataset" />;
  return (
    <DatasetLive datasetId={datasetId} cursor={data.dataset.eventCursor}>
      <DatasetInHeader id={datasetId} name={data.dataset.name} />
      <Outlet />
    </DatasetLive>
  );
}

function DatasetInHeader({ id, name }: { id: string; name: string }) {
  const slot = use(ShellSlot);
  if (!slot) return null;
  return createPortal(
    <>
      <Text c="dimmed" aria-hidden>
        /
      </Text>
      <Text
        component={Link}
        to={datasetPaths.overview(id)}
        size="sm"
        fw={500}
        c="inherit"
        td="none"
        truncate
      >
        <bdi>{name}</bdi>
      </Text>
      <ConnectionDot />
    </>,
    slot,
  );
}
