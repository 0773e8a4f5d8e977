import { Text, Tooltip } from '@mantine/core';
import type { QueueReason } from '../../gql/operations';

/** In a few words, and in a sentence. */
const reasons: Record<QueueReason, { words: string; sentence: string }> = {
  COVER: {
    words: 'Asked because nothing like it is labelled yet',
    sentence:
      'It stands for many images that no label resembles so far. Such images come first: the model is to see something of everything.',
  },
  UNCERTAIN: {
    words: 'Asked because the model is less sure here than elsewhere',
    sentence:
      'Compared with the others, the model hesitates here and on images like this one: the answer teaches it most.',
  },
  RANDOM: {
    words: 'Asked at random: keeps the figures honest',
    sentence:
      'It came next in the dataset’s random order. Some are always drawn so: their labels tell without bias how often the model is right.',
  },
};

/** Why the queue asks for an image, quietly. */
export function AskedWhy({ reason }: { reason: QueueReason }) {
  const { words, sentence } = reasons[reason];
  return (
    <Tooltip
      label={sentence}
      multiline
      w={280}
      position="bottom-start"
      events={{ hover: true, focus: true, touch: true }}
    >
      <Text size="xs" c="dimmed" lh={1.25} truncate role="note" aria-description={sentence}>
        {words}
      </Text>
    </Tooltip>
  );
}
