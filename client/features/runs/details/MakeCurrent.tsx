import { useMutation } from '@apollo/client/react';
import { Alert, Button, Group, Modal, Progress, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconArrowBackUp } from '@tabler/icons-react';
import { ErrorNotice } from '../../../components/ErrorNotice';
import { RunsMakeCurrentDocument, type LibRunFragment } from '../../../gql/operations';

/** Goes back to an earlier round, once it is confirmed. */
export function MakeCurrent({ run }: { run: LibRunFragment }) {
  const [asking, dialog] = useDisclosure(false);
  const [make, { loading, data, error }] = useMutation(RunsMakeCurrentDocument, {
    errorPolicy: 'all',
    refetchQueries: ['RunsPage'],
  });
  if (run.restoration && !run.restoration.failure) return <Restoring run={run} />;
  const confirm = async () => {
    const result = await make({ variables: { input: { id: run.id } } });
    if (result.data?.makeRunCurrent.run) dialog.close();
  };
  return (
    <>
      {run.restoration?.failure && (
        <Alert color="red" variant="light" title="It could not be brought back">
          {run.restoration.failure}
        </Alert>
      )}
      <Button
        variant="default"
        size="xs"
        leftSection={<IconArrowBackUp size={14} />}
        onClick={dialog.open}
      >
        Make current
      </Button>
      <Modal opened={asking} onClose={dialog.close} title={`Make round ${run.number} current?`}>
        <Stack>
          <Text size="sm">
            Its model predicts every image again, and the queue is put in the order that it gives,
            for everybody. Labels stay as they are. The next run learns from all of them as usual
            and takes its place.
          </Text>
          {!run.predictionsKept && (
            <Text size="sm" c="dimmed">
              Its predictions were dropped to save room: they are made anew first.
            </Text>
          )}
          <ErrorNotice error={data?.makeRunCurrent.error ?? error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="subtle" color="gray" onClick={dialog.close}>
              Cancel
            </Button>
            <Button loading={loading} onClick={() => void confirm()}>
              Make current
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}

function Restoring({ run }: { run: LibRunFragment }) {
  return (
    <Stack gap={4} flex={1} aria-live="polite">
      <Text size="sm">
        {run.restoration?.makeCurrent
          ? 'Becomes current once its predictions are made anew'
          : 'Its predictions are being made anew'}
      </Text>
      <Progress
        value={100 * (run.restoration?.fraction ?? 0)}
        aria-label="Predictions made anew"
        animated
      />
    </Stack>
  );
}
