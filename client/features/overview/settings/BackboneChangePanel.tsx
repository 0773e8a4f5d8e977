import { useMutation } from '@apollo/client/react';
import { Button, Group, Paper, Progress, Stack, Text } from '@mantine/core';
import { ErrorNotice } from '../../../components/ErrorNotice';
import {
  OverviewSetBackboneDocument,
  type LibBackboneChangeFragment,
} from '../../../gql/operations';
import { changeProgress, nextBackboneName } from './backboneWords';

interface Props {
  datasetId: string;
  change: LibBackboneChangeFragment;
  /** Id of the backbone that is used until the change is complete. */
  currentBackboneId: string | null;
}

/** Shows the progress of a change of backbone, with a button to cancel it. */
export function BackboneChangePanel({ datasetId, change, currentBackboneId }: Props) {
  const [choose, { loading, data, error }] = useMutation(OverviewSetBackboneDocument, {
    errorPolicy: 'all',
  });
  const { embedded, failed, total } = change;
  const cancel = () =>
    choose({ variables: { input: { datasetId, backboneId: currentBackboneId ?? '' } } });
  return (
    <Paper withBorder p="md" component="section" aria-label="Change of backbone">
      <Stack gap="xs">
        <Group justify="space-between" gap="xs">
          <Text size="sm">
            Switching to <b>{nextBackboneName(change)}</b>. The current backbone is used until then.
          </Text>
          <Button size="xs" variant="default" loading={loading} onClick={() => void cancel()}>
            Keep current backbone
          </Button>
        </Group>
        <Progress
          value={total > 0 ? (100 * (embedded + failed)) / total : 100}
          size="sm"
          aria-label="Images embedded with the new backbone"
          transitionDuration={200}
        />
        <Text size="xs" c="dimmed" className="tabular">
          {changeProgress(change)}
          {failed > 0 && ` · ${failed} could not be embedded`}
        </Text>
        <ErrorNotice error={data?.setDatasetBackbone.error ?? error} />
      </Stack>
    </Paper>
  );
}
