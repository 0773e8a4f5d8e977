import { Group, Progress, Stack, Text } from '@mantine/core';
import type { RetrainRunPhase, RetrainRunStatus } from '../gql/operations';
import { formatDuration } from '../lib/format';

const phaseWords: Record<RetrainRunPhase, string> = {
  SNAPSHOT: 'Taking a snapshot of the labels',
  TRAIN: 'Training the network',
  EMBED: 'Embedding every image',
  FIT: 'Fitting',
  EVALUATE: 'Evaluating',
  RESCORE: 'Rescoring every image',
  ORDER: 'Ordering the queue',
  PUBLISH: 'Publishing',
};

export interface RunProgressProps {
  run: {
    number: number;
    status: RetrainRunStatus;
    phase: RetrainRunPhase | null;
    /** 0 to 100. */
    percent: number;
    secondsLeft: number | null;
    /** The current step within the phase. */
    note?: string | null;
  };
}

/** Describes what a run is doing, for example "Fitting" or "Waiting for a worker". */
export function runActivity({ status, phase }: Pick<RunProgressProps['run'], 'status' | 'phase'>) {
  if (status === 'QUEUED') return 'Waiting for a worker';
  if (status === 'RUNNING') return phase ? phaseWords[phase] : 'Starting';
  return { PUBLISHED: 'Published', FAILED: 'Failed', CANCELLED: 'Cancelled' }[status];
}

/** Shows the phase, percentage and remaining time of a run. The height is constant. */
export function RunProgress({ run }: RunProgressProps) {
  const percent = Math.round(run.percent);
  return (
    <Stack gap={6}>
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Text size="sm" truncate>
          <Text span fw={600}>
            Round {run.number}
          </Text>{' '}
          · {(run.status === 'RUNNING' && run.note) || runActivity(run)}
        </Text>
        <Text size="xs" c="dimmed" className="tabular" style={{ flexShrink: 0 }}>
          {percent} %{run.secondsLeft !== null && ` · ${formatDuration(run.secondsLeft)} left`}
        </Text>
      </Group>
      <Progress
        value={run.percent}
        size="sm"
        animated={run.status === 'RUNNING'}
        aria-label={`Progress of round ${run.number}`}
        transitionDuration={200}
      />
    </Stack>
  );
}
