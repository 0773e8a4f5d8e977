import { Alert, Badge, Group, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { RunProgress } from '../../../components/RunProgress';
import type { RunsDetailQuery } from '../../../gql/operations';
import { ClassScores } from './ClassScores';
import { ConfusionList } from '../confusion/ConfusionList';
import { ConfusionMatrix } from '../confusion/ConfusionMatrix';
import { EpochCurve } from './EpochCurve';
import { PhaseSeconds } from '../phases/PhaseSeconds';
import { PhaseSteps } from '../phases/PhaseSteps';
import { ReliabilityDiagram } from './ReliabilityDiagram';
import { isActive, recipeWords, statusWords, triggerWords } from '../runWords';
import { RunFacts } from './RunFacts';
import { RunMetrics } from './RunMetrics';

interface Props {
  run: NonNullable<RunsDetailQuery['retrainRun']>;
  /** The names of backbones by id. */
  backbones: readonly { id: string; name: string }[];
  datasetId: string;
  /** The buttons for this run. */
  actions: ReactNode;
}

/** Draws everything about one run from its data. */
export function RunDetail({ run, backbones, datasetId, actions }: Props) {
  const { words, color } = statusWords[run.status];
  return (
    <Stack gap="lg">
      <Group gap="xs">
        <Badge variant="light" color={color} tt="none">
          {words}
        </Badge>
        <Text size="sm" c="dimmed">
          {recipeWords[run.recipe]} ·{' '}
          {run.startedBy ? `started by ${run.startedBy.name}` : triggerWords[run.trigger]}
        </Text>
      </Group>
      {actions}
      {run.failure && (
        <Alert color="red" variant="light" icon={<IconAlertTriangle />} title="The run failed">
          {run.failure}
        </Alert>
      )}
      {isActive(run.status) && <RunProgress run={run} />}
      {isActive(run.status) && <PhaseSteps run={run} />}
      {run.training && <EpochCurve training={run.training} />}
      {run.metrics && <RunMetrics metrics={run.metrics} />}
      {run.calibration && <ReliabilityDiagram calibration={run.calibration} />}
      <ConfusionMatrix confusions={run.confusions} datasetId={datasetId} />
      {run.status === 'PUBLISHED' && <ConfusionList run={run} datasetId={datasetId} />}
      <ClassScores scores={run.classes} />
      {run.metrics && run.metrics.phaseSeconds.length > 0 && (
        <PhaseSeconds phases={run.metrics.phaseSeconds} />
      )}
      <RunFacts run={run} backbones={backbones} />
    </Stack>
  );
}
