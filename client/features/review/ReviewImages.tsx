import { Group, Image, Stack, Text } from '@mantine/core';
import { baseName } from '../../lib/format';
import type { ReviewTask } from './reviewState';

/** Shows the image, and below it the near-duplicate with another label if there is one. */
export function ReviewImages({ image }: { image: ReviewTask['image'] }) {
  const other = image.review?.otherImage;
  return (
    <Stack gap="sm">
      <Image src={image.url} alt={baseName(image.fileName)} mah="60vh" fit="contain" radius="md" />
      {other && (
        <Group gap="sm" wrap="nowrap" align="center">
          <Image src={other.url} alt={baseName(other.fileName)} w={160} radius="sm" />
          <Text size="sm" c="dimmed">
            Near-duplicate, labelled {image.review?.suggestedClass?.name}.
          </Text>
        </Group>
      )}
    </Stack>
  );
}
