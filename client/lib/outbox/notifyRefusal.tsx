import { Button, Group, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { baseName } from '../format';
import { mutationErrorTitle } from '../mutationErrors';
import type { Outbox } from './outbox';
import type { LabelEntry, Refusal } from './outboxTypes';

interface Ways {
  outbox: Outbox;
  onShowImage: (datasetId: string, imageId: string) => void;
}

/** A refused answer stays on screen until the person has decided what becomes of it. */
export function notifyRefusal(refusal: Refusal, { outbox, onShowImage }: Ways): void {
  const { entry, error, image } = refusal;
  const close = () => notifications.hide(entry.id);
  const act = (action: () => void) => () => {
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
        <Text size="sm">{sentence(refusal)}</Text>
        <Group gap="xs">
          <Button
            size="compact-xs"
            variant="default"
            onClick={act(() => onShowImage(entry.datasetId, entry.image.id))}
          >
            Show the image
          </Button>
          {image && entry.kind === 'label' && (
            <>
              <Button size="compact-xs" variant="default" onClick={close}>
                {image.consensus ? `Keep ${image.consensus.class.name}` : 'Keep it as it is'}
              </Button>
              <Button
                size="compact-xs"
                onClick={act(() => void outbox.answer([again(entry, image.version)]))}
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

function sentence({ entry, error, image }: Refusal): string {
  const theirs = image?.consensus?.class.name;
  if (error.__typename !== 'Conflict' || entry.kind !== 'label') return error.message;
  const person = image?.labels.find(({ inForce }) => inForce)?.person.name ?? 'Somebody else';
  return theirs
    ? `${person} says ${theirs}, you say ${entry.class.name}.`
    : `The image changed before your answer ${entry.class.name} arrived.`;
}

/** The same answer to the image as it is now. The lease was for the image as it was. */
const again = ({ datasetId, image, class: answer }: LabelEntry, expectedVersion: number) => ({
  datasetId,
  image,
  class: answer,
  expectedVersion,
});
