import { Text, Tooltip } from '@mantine/core';
import type { QueueReason } from '../../gql/operations';

/** The short text on the page, and the full text of its tooltip. */
const reasons: Record<QueueReason, { text: string; tooltip: string }> = {
  COVER: {
    text: 'Chosen because no similar image is labelled yet',
    tooltip:
      'This image represents many images that are unlike every label so far. Such images come first, so that the model sees every kind.',
  },
  UNCERTAIN: {
    text: 'Chosen because the model is less certain here than elsewhere',
    tooltip:
      'The model is less certain about this image and similar ones than about the rest, so this answer improves it most.',
  },
  RANDOM: {
    text: 'Chosen at random to measure accuracy',
    tooltip:
      'This image came next in the dataset’s random order. A share of the tasks is drawn this way, so that accuracy is measured without bias.',
  },
};

/** Shows why the queue chose an image. */
export function TaskReason({ reason }: { reason: QueueReason }) {
  const { text, tooltip } = reasons[reason];
  return (
    <Tooltip
      label={tooltip}
      multiline
      w={280}
      position="bottom-start"
      events={{ hover: true, focus: true, touch: true }}
    >
      <Text size="xs" c="dimmed" lh={1.25} truncate role="note" aria-description={tooltip}>
        {text}
      </Text>
    </Tooltip>
  );
}
