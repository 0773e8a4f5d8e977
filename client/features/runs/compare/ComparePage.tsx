import { useQuery } from '@apollo/client/react';
import { Container, Grid, Group, Select, Stack, Text } from '@mantine/core';
import { IconArrowsDiff } from '@tabler/icons-react';
import { useNavigate, useSearchParams } from 'react-router';
import { EmptyState } from '../../../components/EmptyState';
import { ErrorNotice } from '../../../components/ErrorNotice';
import { LoadingPage } from '../../../components/LoadingPage';
import { PageHeader } from '../../../components/PageHeader';
import { RunsComparisonDocument, RunsPublishedDocument } from '../../../gql/operations';
import { datasetPaths, useDatasetId } from '../../../lib/datasetPaths';
import { formatCount } from '../../../lib/format';
import { ChangedImages } from './ChangedImages';
import { ClassChanges } from './ClassChanges';
import { ComparedMetrics } from './ComparedMetrics';
import { LabelsBetween } from './LabelsBetween';
import { MissingPredictions } from './MissingPredictions';

/** Compares two rounds: their accuracy, their predictions and the labels between them. */
export default function ComparePage() {
  const datasetId = useDatasetId();
  const [params] = useSearchParams();
  const [from, to] = [params.get('from'), params.get('to')];
  return (
    <Container size="xl" p="lg">
      <PageHeader
        title="Compare rounds"
        description="How the predictions differ, and which labels were added in between"
        actions={<Choice datasetId={datasetId} from={from} to={to} />}
      />
      {from && to ? (
        <Comparison key={`${from} ${to}`} datasetId={datasetId} from={from} to={to} />
      ) : (
        <EmptyState icon={IconArrowsDiff} title="Choose two rounds">
          Select them above, or in the list of runs.
        </EmptyState>
      )}
    </Container>
  );
}

interface ChoiceProps {
  datasetId: string;
  from: string | null;
  to: string | null;
}

function Choice({ datasetId, from, to }: ChoiceProps) {
  const navigate = useNavigate();
  const { data } = useQuery(RunsPublishedDocument, { variables: { datasetId } });
  const options = (data?.dataset?.retrainRuns.edges ?? [])
    .map(({ node }) => node)
    .filter(({ status }) => status === 'PUBLISHED')
    .map(({ id, number, labelCount }) => ({
      value: id,
      label: `Round ${number} · ${formatCount(labelCount ?? 0)} labels`,
    }));
  const go = (nextFrom: string | null, nextTo: string | null) =>
    void navigate(datasetPaths.compare(datasetId, nextFrom ?? '', nextTo ?? ''));
  const common = { data: options, searchable: true, allowDeselect: false, size: 'xs', w: 190 };
  return (
    <Group gap="xs">
      <Select {...common} aria-label="First round" value={from} onChange={(id) => go(id, to)} />
      <Text size="sm" c="dimmed">
        to
      </Text>
      <Select {...common} aria-label="Second round" value={to} onChange={(id) => go(from, id)} />
    </Group>
  );
}

function Comparison({ datasetId, from, to }: { datasetId: string; from: string; to: string }) {
  const { data, error, refetch } = useQuery(RunsComparisonDocument, {
    variables: { from, to },
    fetchPolicy: 'cache-and-network',
  });
  if (error && !data) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (!data?.runDiff) return <LoadingPage label="Comparing" />;
  const diff = data.runDiff;
  return (
    <Stack gap="lg">
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 6 }}>
          <ComparedMetrics diff={diff} datasetId={datasetId} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 6 }}>
          <LabelsBetween diff={diff} />
        </Grid.Col>
      </Grid>
      {diff.missing.length > 0 ? (
        <MissingPredictions missing={diff.missing} onDone={() => void refetch()} />
      ) : (
        <ChangedImages diff={diff} datasetId={datasetId} />
      )}
      <ClassChanges classes={diff.classes} />
    </Stack>
  );
}
