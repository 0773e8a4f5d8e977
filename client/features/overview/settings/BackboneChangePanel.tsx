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
  /** Id of the backbone that serves meanwhile. */
  present: string | null;
}

/** A change of the backbone that is going on: how far it is, and the way back. */
export function BackboneChangePanel({ datasetId, change, present }: Props) {
  const [choose, { loading, data, error }] = useMutation(OverviewSetBackboneDocument, {
    errorPolicy: 'all',
  });
  const { embedded, failed, total } = change;
  const stay = () => choose({ variables: { input: { datasetId, backboneId: present ?? '' } } });
  return (
    <Paper withBorder p="md" component="section" aria-label="Change of the backbone">
      <Stack gap="xs">
        <Group justify="space-between" gap="xs">
          <Text size="sm">
            Switching to <b>{nextBackboneName(change)}</b>. The present backbone serves until then.
          </Text>
          <Button size="xs" variant="default" loading={loading} onClick={() => void stay()}>
            Stay with the present one
          </Button>
        </Group>
        <Progress
          value={total > 0 ? (100 * (embedded + failed)) / total : 100}
          size="sm"
          aria-label="Images embedded with the next backbone"
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
