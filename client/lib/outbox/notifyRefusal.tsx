import { Button, Group, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { baseName } from '../format';
import { mutationErrorTitle } from '../mutationErrors';
import type { Outbox } from './outbox';
import type { LabelEntry, Refusal } from './outboxTypes';

interface Actions {
  outbox: Outbox;
  onShowImage: (datasetId: string, imageId: string) => void;
}

/** Shows a refused answer until the person decides what to do with it. */
export function notifyRefusal(refusal: Refusal, { outbox, onShowImage }: Actions): void {
  const { entry, error, image } = refusal;
  const close = () => notifications.hide(entry.id);
  const closeAfter = (action: () => void) => () => {
    action();
    close();
  };
  notifications.show({
    id: entry.id,
    color: error.__typename === 'Conflict' ? 'orange' : 'red',
    title: `${mutationErrorTitle(error.__typename)}: ${baseName(entry.image.fileName)}`,
    autoClose: false,
    message: (
      <Stack gap="xs">
        <Text size="sm">{messageOf(refusal)}</Text>
        <Group gap="xs">
          <Button
            size="compact-xs"
            variant="default"
            onClick={closeAfter(() => onShowImage(entry.datasetId, entry.image.id))}
          >
            Show image
          </Button>
          {image && entry.kind === 'label' && (
            <>
              <Button size="compact-xs" variant="default" onClick={close}>
                {image.consensus ? `Keep ${image.consensus.class.name}` : 'Keep as it is'}
              </Button>
              <Button
                size="compact-xs"
                onClick={closeAfter(() => void outbox.answer([answerAgain(entry, image.version)]))}
              >
                Use {entry.class.name}
              </Button>
            </>
          )}
        </Group>
      </Stack>
    ),
  });
}

function messageOf({ entry, error, image }: Refusal): string {
  const currentClass = image?.consensus?.class.name;
  if (error.__typename !== 'Conflict' || entry.kind !== 'label') return error.message;
  const person = image?.labels.find(({ inForce }) => inForce)?.person.name ?? 'Somebody else';
  return currentClass
    ? `${person} answered ${currentClass}, and you answered ${entry.class.name}.`
    : `The image changed before your answer ${entry.class.name} arrived.`;
}

/** Repeats an answer for the current version of the image, without the lease of the old version. */
const answerAgain = ({ datasetId, image, class: answer }: LabelEntry, expectedVersion: number) => ({
  datasetId,
  image,
  class: answer,
  expectedVersion,
});
