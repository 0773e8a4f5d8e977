import { useMutation } from '@apollo/client/react';
import { Alert, Button, Progress, Stack, Text } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { useLiveEvent } from '../../../lib/live';
import { ErrorNotice } from '../../../components/ErrorNotice';
import { RunsRestoreDocument } from '../../../gql/operations';
import type { Diff } from './ComparedMetrics';

interface Props {
  missing: Diff['missing'];
  /** Called when the predictions of a run may be restored. */
  onDone: () => void;
}

/** Offers to restore old predictions, which are deleted to save space. The run's model is kept. */
export function MissingPredictions({ missing, onDone }: Props) {
  const [restore, { loading, data, error }] = useMutation(RunsRestoreDocument, {
    errorPolicy: 'all',
  });
  useLiveEvent((event) => {
    if (event.__typename !== 'RunProgressed' || event.run.restoration) return;
    if (missing.some(({ id }) => id === event.run.id)) onDone();
  });
  const restoring = missing.find(({ restoration }) => restoration && !restoration.failure);
  const rounds = missing.map(({ number }) => `round ${number}`).join(' and ');
  const restoreAll = async () => {
    for (const { id } of missing) await restore({ variables: { input: { id } } });
    onDone();
  };
  return (
    <Alert
      variant="light"
      color="gray"
      icon={<IconInfoCircle />}
      title={`The predictions of ${rounds} were deleted to save space`}
    >
      <Stack gap="xs" align="flex-start">
        <Text size="sm">
          The model is kept. Let it predict every image again to compare the images.
        </Text>
        {missing.map(
          ({ id, restoration }) =>
            restoration?.failure && (
              <Text key={id} size="sm" c="red">
                {restoration.failure}
              </Text>
            ),
        )}
        <ErrorNotice error={data?.restoreRunPredictions.error ?? error} />
        {restoring ? (
          <Progress
            w={240}
            value={100 * (restoring.restoration?.fraction ?? 0)}
            animated
            aria-label="Restored predictions"
          />
        ) : (
          <Button size="xs" loading={loading} onClick={() => void restoreAll()}>
            Predict again
          </Button>
        )}
      </Stack>
    </Alert>
  );
}
