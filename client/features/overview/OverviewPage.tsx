import { useQuery } from '@apollo/client/react';
import { Button, Container, Grid, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconSettings, IconTag } from '@tabler/icons-react';
import { useMemo } from 'react';
import { Link } from 'react-router';
import { ErrorNotice } from '../../components/ErrorNotice';
import { ForecastPanel } from '../../components/ForecastPanel';
import { LoadingPage } from '../../components/LoadingPage';
import { PageHeader } from '../../components/PageHeader';
import { OverviewPageDocument, type OverviewPageQuery } from '../../gql/operations';
import { datasetPaths, useDatasetId } from '../../lib/datasetPaths';
import { formatAgo } from '../../lib/format';
import { useLiveActivity } from '../../lib/live';
import { ActivityList } from './activity/ActivityList';
import { BackboneChangePanel } from './settings/BackboneChangePanel';
import { ClassCounts } from './summary/ClassCounts';
import { curveOf } from './summary/curve';
import { FirstStepsList } from './firstSteps/FirstStepsList';
import { firstStepsOf, isSetUp } from './firstSteps/firstSteps';
import { Headline } from './summary/Headline';
import { LearningCurve } from './summary/LearningCurve';
import { MissingNotices } from './MissingNotices';
import { RunPanel } from './RunPanel';
import { SettingsDialog } from './settings/SettingsDialog';
import { useActivity } from './activity/useActivity';

const maxRuns = 100;

export default function OverviewPage() {
  const datasetId = useDatasetId();
  const { data, error, refetch } = useQuery(OverviewPageDocument, {
    variables: { datasetId, runs: maxRuns },
  });
  const live = useLiveActivity(datasetId);
  if (error && !data) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (!data?.dataset) return <LoadingPage />;
  return <Overview dataset={data.dataset} missing={data.capabilities.missing} live={live} />;
}

interface Props {
  dataset: NonNullable<OverviewPageQuery['dataset']>;
  missing: string[];
  live: ReturnType<typeof useLiveActivity>;
}

function Overview({ dataset, missing, live }: Props) {
  const [settings, dialog] = useDisclosure(false);
  const steps = firstStepsOf(dataset);
  const { edges } = dataset.retrainRuns;
  const runs = useMemo(() => edges.map((edge) => edge.node), [edges]);
  const points = curveOf(runs);
  const activity = useActivity(dataset.id, live, runs);
  return (
    <Container size="xl" p="lg">
      <PageHeader
        title={dataset.name}
        description={`Created by ${dataset.createdBy.name} ${formatAgo(dataset.createdAt)}`}
        actions={
          <>
            <Button
              variant="default"
              leftSection={<IconSettings size={16} />}
              onClick={dialog.open}
            >
              Settings
            </Button>
            <Button
              component={Link}
              to={datasetPaths.label(dataset.id)}
              leftSection={<IconTag size={16} />}
            >
              Label
            </Button>
          </>
        }
      />
      <Stack gap="md">
        <MissingNotices missing={missing} />
        {!isSetUp(steps) && <FirstStepsList datasetId={dataset.id} steps={steps} />}
        {dataset.backboneChange && (
          <BackboneChangePanel
            datasetId={dataset.id}
            change={dataset.backboneChange}
            currentBackboneId={dataset.backbone}
          />
        )}
        <Headline counts={dataset.counts} />
        <Grid gap="md">
          <Grid.Col span={{ base: 12, md: 8 }}>
            <Stack gap="md">
              {dataset.forecast.curve.length > 0 ? (
                <ForecastPanel forecast={dataset.forecast} />
              ) : (
                <LearningCurve points={points} />
              )}
              <ClassCounts classes={dataset.classes} datasetId={dataset.id} />
            </Stack>
          </Grid.Col>
          <Grid.Col span={{ base: 12, md: 4 }}>
            <Stack gap="md">
              <RunPanel dataset={dataset} />
              <ActivityList entries={activity} />
            </Stack>
          </Grid.Col>
        </Grid>
      </Stack>
      {settings && <SettingsDialog dataset={dataset} onClose={dialog.close} />}
    </Container>
  );
}
