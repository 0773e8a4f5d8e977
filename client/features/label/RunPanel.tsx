import { Anchor, Progress, Stack, Text } from '@mantine/core';
import { Link } from 'react-router';
import { RunProgress } from '../../components/RunProgress';
import type { LabelPageQuery } from '../../gql/operations';
import { datasetPaths } from '../../lib/datasetPaths';
import { formatCount } from '../../lib/format';
import classes from './RunPanel.module.css';

export interface RunPanelProps {
  dataset: Pick<
    NonNullable<LabelPageQuery['dataset']>,
    'id' | 'autoRetrainAfter' | 'labelsSinceLastRun' | 'activeRun' | 'currentRun' | 'backbone'
  >;
}

/** Shows the active run, or the labels left until the next run. Both have the same height. */
export function RunPanel({ dataset }: RunPanelProps) {
  const { activeRun } = dataset;
  return (
    <section aria-label="Retrain run" className={classes.panel}>
      {activeRun ? <RunProgress run={activeRun} /> : <UntilNextRun dataset={dataset} />}
    </section>
  );
}

function UntilNextRun({ dataset }: RunPanelProps) {
  const { id, autoRetrainAfter: needed, labelsSinceLastRun, currentRun, backbone } = dataset;
  if (!backbone || needed === 0)
    return (
      <Text size="sm" c="dimmed">
        {backbone ? 'Automatic retraining is off. ' : 'Training needs a backbone. '}
        <Anchor component={Link} to={datasetPaths.runs(id)}>
          Runs
        </Anchor>
      </Text>
    );
  const have = Math.min(needed, labelsSinceLastRun);
  return (
    <Stack gap={6}>
      <Text size="sm" className="tabular" truncate>
        <Text span fw={600}>
          {formatCount(have)} of {formatCount(needed)} labels
        </Text>{' '}
        until round {(currentRun?.number ?? 0) + 1}
      </Text>
      <Progress
        value={(have / needed) * 100}
        size="sm"
        color="gray"
        aria-label="Labels until the next run"
        transitionDuration={200}
      />
    </Stack>
  );
}
