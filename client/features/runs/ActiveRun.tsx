import { Button, Group, Paper, Stack, Text } from '@mantine/core';
import { RunProgress } from '../../components/RunProgress';
import type { LibRunFragment } from '../../gql/operations';
import { formatPercent, formatQuantity } from '../../lib/format';
import { PhaseSteps } from './phases/PhaseSteps';

interface Props {
  run: LibRunFragment;
  cancelling: boolean;
  onCancel: () => void;
}

/** Shows a queued or running run. Its height stays the same while the numbers change. */
export function ActiveRun({ run, cancelling, onCancel }: Props) {
  const numbers = [
    `Loss ${run.loss === null ? 'not known yet' : run.loss.toFixed(4)}`,
    run.accuracy !== null && `training accuracy ${formatPercent(run.accuracy)}`,
    run.labelCount !== null && formatQuantity(run.labelCount, 'label'),
    run.attempt > 1 && `attempt ${run.attempt}`,
  ].filter(Boolean);
  return (
    <Paper withBorder p="md" component="section" aria-label="Active run">
      <Stack gap="md">
        <RunProgress run={run} />
        <PhaseSteps run={run} />
        <Group justify="space-between" gap="xs">
          <Text size="sm" c="dimmed" className="tabular">
            {numbers.join(' · ')}
          </Text>
          <Button size="xs" variant="default" loading={cancelling} onClick={onCancel}>
            Cancel run
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}
