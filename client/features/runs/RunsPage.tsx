import { useQuery } from '@apollo/client/react';
import { Button, Container, Group, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconBrain, IconRefresh, IconSparkles } from '@tabler/icons-react';
import { useParams } from 'react-router';
import { EmptyState } from '../../components/EmptyState';
import { ErrorNotice } from '../../components/ErrorNotice';
import { ForecastPanel } from '../../components/ForecastPanel';
import { LoadingPage } from '../../components/LoadingPage';
import { PageHeader } from '../../components/PageHeader';
import { RunsPageDocument, type RunsPageQuery } from '../../gql/operations';
import { useDatasetId } from '../../lib/datasetPaths';
import { formatQuantity } from '../../lib/format';
import { ActiveRun } from './ActiveRun';
import { RunDrawer } from './details/RunDrawer';
import { RunTable } from './RunTable';
import { TrainDialog } from './train/TrainDialog';
import { useRunActions } from './useRunActions';

const pageSize = 10;

export default function RunsPage() {
  const datasetId = useDatasetId();
  const { runId } = useParams();
  const { data, error, refetch, fetchMore } = useQuery(RunsPageDocument, {
    variables: { datasetId, first: pageSize },
  });
  if (error && !data) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (!data?.dataset) return <LoadingPage />;
  const { endCursor } = data.dataset.retrainRuns.pageInfo;
  return (
    <Runs
      dataset={data.dataset}
      runId={runId}
      onMore={() => void fetchMore({ variables: { after: endCursor } })}
    />
  );
}

interface Props {
  dataset: NonNullable<RunsPageQuery['dataset']>;
  runId: string | undefined;
  onMore: () => void;
}

const untilNext = (autoRetrainAfter: number, since: number) =>
  autoRetrainAfter === 0
    ? `${formatQuantity(since, 'new label')} since the last run. Automatic runs are off.`
    : `${formatQuantity(since, 'new label')} since the last run. The next run starts at ${autoRetrainAfter}.`;

function Runs({ dataset, runId, onMore }: Props) {
  const { activeRun, activeDeepRun, currentRun, retrainRuns } = dataset;
  const [training, dialog] = useDisclosure(false);
  const actions = useRunActions(dataset.id);
  const runs = retrainRuns.edges.map((edge) => edge.node);
  const start = (
    <>
      <Button
        variant="default"
        leftSection={<IconBrain size={16} />}
        disabled={activeDeepRun !== null}
        onClick={() => {
          actions.clearFailure();
          dialog.open();
        }}
      >
        Train a network
      </Button>
      <Button
        leftSection={<IconRefresh size={16} />}
        loading={actions.starting && !training}
        disabled={activeRun !== null}
        onClick={() => void actions.start()}
      >
        Retrain now
      </Button>
    </>
  );
  return (
    <Container size="xl" p="lg">
      <PageHeader
        title="Runs"
        description={untilNext(dataset.autoRetrainAfter, dataset.labelsSinceLastRun)}
        actions={start}
      />
      <Stack gap="lg">
        <ErrorNotice error={training ? null : actions.failure} title="The action failed" />
        {[activeDeepRun, activeRun].map(
          (run) =>
            run && (
              <ActiveRun
                key={run.id}
                run={run}
                cancelling={actions.cancelling}
                onCancel={() => void actions.cancel(run.id)}
              />
            ),
        )}
        {currentRun && <ForecastPanel forecast={dataset.forecast} />}
        {runs.length === 0 ? (
          <EmptyState icon={IconSparkles} title="No runs yet">
            A retrain run fits the model to the labels, evaluates it and predicts every image again.
            It needs labels in at least two classes.
          </EmptyState>
        ) : (
          <RunTable datasetId={dataset.id} runs={runs} currentId={currentRun?.id ?? null} />
        )}
        {retrainRuns.pageInfo.hasNextPage && (
          <Group justify="center">
            <Button variant="default" onClick={onMore}>
              Show older runs
            </Button>
          </Group>
        )}
      </Stack>
      {training && (
        <TrainDialog
          labels={dataset.counts.labelled}
          runs={runs}
          starting={actions.starting}
          failure={actions.failure}
          onStart={(recipe, options) => actions.start({ recipe, training: options })}
          onClose={dialog.close}
        />
      )}
      <RunDrawer
        key={runId}
        datasetId={dataset.id}
        runId={runId}
        currentId={currentRun?.id ?? null}
        backbones={dataset.backbones}
      />
    </Container>
  );
}
