import { useMutation } from '@apollo/client/react';
import { Alert, Anchor, Button, Group, Paper, Progress, Stack, Text, Title } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { Link } from 'react-router';
import { ErrorNotice } from '../../components/ErrorNotice';
import { RunProgress } from '../../components/RunProgress';
import { OverviewStartRunDocument, type OverviewDatasetFragment } from '../../gql/operations';
import { datasetPaths } from '../../lib/datasetPaths';
import { formatAgo, formatCount, formatQuantity } from '../../lib/format';

interface Props {
  dataset: OverviewDatasetFragment;
}

/** Shows the active run, or how many labels are missing until the next one. */
export function RunPanel({ dataset }: Props) {
  const { activeRun, activeDeepRun, currentRun } = dataset;
  const [start, { loading, data, error, reset }] = useMutation(OverviewStartRunDocument, {
    variables: { input: { datasetId: dataset.id } },
    refetchQueries: ['OverviewPage'],
    errorPolicy: 'all',
  });
  const failure = activeRun ? null : (data?.startRetrainRun.error ?? error);
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="retraining">
      <Stack gap="sm">
        <Group justify="space-between" gap="xs">
          <Title order={2} size="h5" id="retraining">
            Retraining
          </Title>
          <Anchor component={Link} to={datasetPaths.runs(dataset.id)} size="sm">
            All runs
          </Anchor>
        </Group>
        {activeDeepRun && <RunProgress run={activeDeepRun} />}
        {activeRun ? <RunProgress run={activeRun} /> : <UntilNext dataset={dataset} />}
        <Group justify="space-between" gap="xs">
          <Text size="xs" c="dimmed">
            {currentRun?.publishedAt
              ? `Round ${currentRun.number} published ${formatAgo(currentRun.publishedAt)}`
              : 'No round published yet'}
          </Text>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconRefresh size={14} />}
            loading={loading}
            disabled={activeRun !== null}
            onClick={() => {
              reset();
              void start();
            }}
          >
            Retrain now
          </Button>
        </Group>
        <ErrorNotice error={failure} title="The run could not be started" />
        {dataset.backbone === null && (
          <Alert variant="light" color="gray" p="xs">
            <Text size="xs">Choose a backbone in the settings first. A run needs one.</Text>
          </Alert>
        )}
      </Stack>
    </Paper>
  );
}

function UntilNext({ dataset }: Props) {
  const { autoRetrainAfter, labelsSinceLastRun } = dataset;
  if (autoRetrainAfter === 0)
    return (
      <Text size="sm">
        {formatQuantity(labelsSinceLastRun, 'new label')} since the last run. Automatic runs are
        off.
      </Text>
    );
  return (
    <Stack gap={6}>
      <Text size="sm" className="tabular">
        {formatCount(Math.min(labelsSinceLastRun, autoRetrainAfter))} of{' '}
        {formatQuantity(autoRetrainAfter, 'new label')} until the next run
      </Text>
      <Progress
        value={(100 * labelsSinceLastRun) / autoRetrainAfter}
        size="sm"
        color="gray"
        aria-label="New labels until the next run"
      />
    </Stack>
  );
}
