import { useMutation } from '@apollo/client/react';
import {
  ActionIcon,
  Group,
  Image,
  Paper,
  SimpleGrid,
  Stack,
  Text,
  Title,
  Tooltip,
} from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { ClassSwatch } from '../../components/ClassSwatch';
import { AnnotatorsRemoveGoldDocument, type AnnotatorsPageQuery } from '../../gql/operations';
import { notifyFailure, notifyMutationError } from '../../lib/mutationErrors';

type Gold = NonNullable<AnnotatorsPageQuery['dataset']>['goldImages'][number];

/** Lists the gold images, whose correct class is known. */
export function GoldPanel({ images }: { images: readonly Gold[] }) {
  const [remove, { loading }] = useMutation(AnnotatorsRemoveGoldDocument);
  const removeGold = async (imageId: string) => {
    try {
      const { data } = await remove({ variables: { imageId } });
      notifyMutationError(data?.removeGoldImage.error);
    } catch (error) {
      notifyFailure(error, 'Could not remove the gold image');
    }
  };
  return (
    <Paper withBorder radius="md" p="md">
      <Stack gap="sm">
        <Title order={2} size="h4">
          Gold images
        </Title>
        <Text size="sm" c="dimmed">
          {images.length > 0
            ? 'Gold images appear among the ordinary tasks. Answers to them score the annotator and change nothing else.'
            : 'No gold images yet. Open a labelled image under Images and mark it as gold to score annotators on it.'}
        </Text>
        <SimpleGrid cols={{ base: 2, xs: 3, sm: 5, md: 7 }} spacing="sm">
          {images.map(({ image, class: known }) => (
            <Stack key={image.id} gap={4}>
              <Image src={image.thumbnailUrl} alt={image.fileName} radius="sm" h={90} fit="cover" />
              <Group justify="space-between" gap={4} wrap="nowrap">
                <Text size="sm" component="div" miw={0}>
                  <ClassSwatch color={known.color} name={known.name} />
                </Text>
                <Tooltip label="Remove from gold images">
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    size="sm"
                    aria-label={`Remove ${image.fileName} from gold images`}
                    disabled={loading}
                    onClick={() => void removeGold(image.id)}
                  >
                    <IconX size={14} />
                  </ActionIcon>
                </Tooltip>
              </Group>
            </Stack>
          ))}
        </SimpleGrid>
      </Stack>
    </Paper>
  );
}
