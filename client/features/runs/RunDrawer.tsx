import { useQuery } from '@apollo/client/react';
import { Drawer, Skeleton, Stack, Text } from '@mantine/core';
import { useNavigate } from 'react-router';
import { ErrorNotice } from '../../components/ErrorNotice';
import { RunsDetailDocument } from '../../gql/operations';
import { datasetPaths } from '../../lib/datasetPaths';
import { RunDetail } from './RunDetail';

interface Props {
  datasetId: string;
  runId: string | undefined;
  backbones: readonly { id: string; name: string }[];
}

/** One run beside the list; it has an address of its own. */
export function RunDrawer({ datasetId, runId, backbones }: Props) {
  const navigate = useNavigate();
  const { data, error, refetch } = useQuery(RunsDetailDocument, {
    variables: { runId: runId ?? '' },
    skip: !runId,
  });
  const run = data?.retrainRun;
  return (
    <Drawer
      opened={runId !== undefined}
      onClose={() => void navigate(datasetPaths.runs(datasetId))}
      position="right"
      size="md"
      title={<Text fw={600}>{run ? `Round ${run.number}` : 'Run'}</Text>}
    >
      {error && !run && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {data && !run && <Text c="dimmed">This run is no longer there.</Text>}
      {run && <RunDetail run={run} backbones={backbones} />}
      {!data && !error && (
        <Stack>
          <Skeleton h={60} />
          <Skeleton h={140} />
          <Skeleton h={140} />
        </Stack>
      )}
    </Drawer>
  );
}
