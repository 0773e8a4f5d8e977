import { useQuery } from '@apollo/client/react';
import { Badge, Button, Drawer, Group, Skeleton, Stack, Text } from '@mantine/core';
import { IconArrowsDiff } from '@tabler/icons-react';
import { Link, useNavigate } from 'react-router';
import { ErrorNotice } from '../../../components/ErrorNotice';
import { RunsDetailDocument } from '../../../gql/operations';
import { datasetPaths } from '../../../lib/datasetPaths';
import { MakeCurrent } from './MakeCurrent';
import { RunDetail } from './RunDetail';

interface Props {
  datasetId: string;
  runId: string | undefined;
  /** The run that made the current predictions. */
  currentId: string | null;
  backbones: readonly { id: string; name: string }[];
}

/** Shows one run beside the list. Each run has its own address. */
export function RunDrawer({ datasetId, runId, currentId, backbones }: Props) {
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
      size="lg"
      title={<Text fw={600}>{run ? `Round ${run.number}` : 'Run'}</Text>}
    >
      {error && !run && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {data && !run && <Text c="dimmed">This run was deleted.</Text>}
      {run && (
        <RunDetail
          run={run}
          datasetId={datasetId}
          backbones={backbones}
          actions={
            run.status === 'PUBLISHED' && (
              <Group gap="xs">
                {run.previous && (
                  <Button
                    component={Link}
                    to={datasetPaths.compare(datasetId, run.previous.id, run.id)}
                    variant="default"
                    size="xs"
                    leftSection={<IconArrowsDiff size={14} />}
                  >
                    Compare with round {run.previous.number}
                  </Button>
                )}
                {run.id === currentId ? (
                  <Badge variant="light" color="teal" tt="none">
                    Current
                  </Badge>
                ) : (
                  <MakeCurrent run={run} />
                )}
              </Group>
            )
          }
        />
      )}
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
