import { useQuery } from '@apollo/client/react';
import { Button, Container, Group, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { ErrorNotice } from '../../components/ErrorNotice';
import { LoadingPage } from '../../components/LoadingPage';
import { PageHeader } from '../../components/PageHeader';
import { DatasetsPageDocument, type DatasetsCardFragment } from '../../gql/operations';
import { CreateDatasetDialog } from './CreateDatasetDialog';
import { DatasetCard } from './DatasetCard';
import { FirstDataset } from './FirstDataset';

const pageSize = 50;

export default function DatasetsPage() {
  const [search, setSearch] = useState('');
  const [creating, dialog] = useDisclosure(false);
  const { data, error, refetch, fetchMore } = useQuery(DatasetsPageDocument, {
    variables: { first: pageSize },
    fetchPolicy: 'cache-and-network',
    // There is no subscription to all datasets, so the list is polled.
    pollInterval: 15_000,
  });
  if (error && !data) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (!data) return <LoadingPage />;
  const { edges, pageInfo, totalCount } = data.datasets;
  const query = search.trim().toLowerCase();
  const shown = edges
    .map((edge) => edge.node)
    .filter((dataset) => dataset.name.toLowerCase().includes(query));
  const create = (
    <Button leftSection={<IconPlus size={16} />} onClick={dialog.open}>
      New dataset
    </Button>
  );
  return (
    <Container size="lg" p="lg">
      <PageHeader title="Datasets" actions={totalCount > 0 && create} />
      <Stack gap="lg">
        {totalCount === 0 ? (
          <FirstDataset action={create} />
        ) : (
          <>
            <TextInput
              aria-label="Search datasets"
              placeholder="Search datasets"
              leftSection={<IconSearch size={16} />}
              maw={320}
              value={search}
              onChange={(event) => setSearch(event.currentTarget.value)}
            />
            <Cards datasets={shown} search={search} />
          </>
        )}
        {pageInfo.hasNextPage && (
          <Group justify="center">
            <Button
              variant="default"
              onClick={() => void fetchMore({ variables: { after: pageInfo.endCursor } })}
            >
              Show more
            </Button>
          </Group>
        )}
      </Stack>
      <CreateDatasetDialog opened={creating} onClose={dialog.close} />
    </Container>
  );
}

function Cards({ datasets, search }: { datasets: DatasetsCardFragment[]; search: string }) {
  if (datasets.length === 0)
    return (
      <Text c="dimmed" py="xl">
        No dataset name contains “{search.trim()}”.
      </Text>
    );
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} component="ul" p={0} m={0} aria-label="Datasets">
      {datasets.map((dataset) => (
        <DatasetCard key={dataset.id} dataset={dataset} />
      ))}
    </SimpleGrid>
  );
}
