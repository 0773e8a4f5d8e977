import { Group, Image, Stack, Text } from '@mantine/core';
import { baseName } from '../../lib/format';
import type { ReviewTask } from './reviewDesk';

/** The image large; beside a near-duplicate, the two are there to compare. */
export function ReviewPictures({ image }: { image: ReviewTask['image'] }) {
  const other = image.review?.otherImage;
  return (
    <Stack gap="sm">
      <Image src={image.url} alt={baseName(image.fileName)} mah="60vh" fit="contain" radius="md" />
      {other && (
        <Group gap="sm" wrap="nowrap" align="center">
          <Image src={other.url} alt={baseName(other.fileName)} w={160} radius="sm" />
          <Text size="sm" c="dimmed">
            Nearly the same image, labelled {image.review?.suggestedClass?.name}.
          </Text>
        </Group>
      )}
    </Stack>
  );
}
