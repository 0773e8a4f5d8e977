import { useMutation } from '@apollo/client/react';
import { Alert, Button, Progress, Stack, Text } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { useLiveEvent } from '../../../lib/live';
import { ErrorNotice } from '../../../components/ErrorNotice';
import { RunsRestoreDocument } from '../../../gql/operations';
import type { Diff } from './ComparedMetrics';

interface Props {
  missing: Diff['missing'];
  /** The predictions of one may be there now. */
  onDone: () => void;
}

/** Predictions of long ago are dropped; every run's model can make its own anew. */
export function MissingPredictions({ missing, onDone }: Props) {
  const [restore, { loading, data, error }] = useMutation(RunsRestoreDocument, {
    errorPolicy: 'all',
  });
  useLiveEvent((event) => {
    if (event.__typename !== 'RunProgressed' || event.run.restoration) return;
    if (missing.some(({ id }) => id === event.run.id)) onDone();
  });
  const atWork = missing.find(({ restoration }) => restoration && !restoration.failure);
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
      title={`The predictions of ${rounds} were dropped to save room`}
    >
      <Stack gap="xs" align="flex-start">
        <Text size="sm">
          The model is still there: it can predict every image again, and then the images can be
          compared.
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
        {atWork ? (
          <Progress
            w={240}
            value={100 * (atWork.restoration?.fraction ?? 0)}
            animated
            aria-label="Predictions made anew"
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
