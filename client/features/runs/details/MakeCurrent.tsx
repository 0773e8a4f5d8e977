import { useMutation } from '@apollo/client/react';
import { Alert, Button, Group, Modal, Progress, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconArrowBackUp } from '@tabler/icons-react';
import { ErrorNotice } from '../../../components/ErrorNotice';
import { RunsMakeCurrentDocument, type LibRunFragment } from '../../../gql/operations';

/** Makes an earlier round current after a confirmation, or shows the progress of that. */
export function MakeCurrent({ run }: { run: LibRunFragment }) {
  const [isOpen, dialog] = useDisclosure(false);
  const [makeCurrent, { loading, data, error }] = useMutation(RunsMakeCurrentDocument, {
    errorPolicy: 'all',
    refetchQueries: ['RunsPage'],
  });
  if (run.restoration && !run.restoration.failure) return <Restoring run={run} />;
  const confirm = async () => {
    const result = await makeCurrent({ variables: { input: { id: run.id } } });
    if (result.data?.makeRunCurrent.run) dialog.close();
  };
  return (
    <>
      {run.restoration?.failure && (
        <Alert color="red" variant="light" title="The predictions could not be restored">
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
      <Modal opened={isOpen} onClose={dialog.close} title={`Make round ${run.number} current?`}>
        <Stack>
          <Text size="sm">
            The model of this round predicts every image again and orders the queue for everybody.
            The labels do not change. The next run trains on all labels as usual and replaces this
            round.
          </Text>
          {!run.predictionsKept && (
            <Text size="sm" c="dimmed">
              The predictions of this round were deleted to save space. They are computed again
              first.
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
          ? 'This round becomes current when its predictions are restored.'
          : 'The predictions are being restored.'}
      </Text>
      <Progress
        value={100 * (run.restoration?.fraction ?? 0)}
        aria-label="Restored predictions"
        animated
      />
    </Stack>
  );
}
