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

/** Images whose right class is known. */
export function GoldPanel({ images }: { images: readonly Gold[] }) {
  const [remove, { loading }] = useMutation(AnnotatorsRemoveGoldDocument);
  const take = async (imageId: string) => {
    try {
      const { data } = await remove({ variables: { imageId } });
      notifyMutationError(data?.removeGoldImage.error);
    } catch (error) {
      notifyFailure(error, 'The image stayed gold');
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
            ? 'Asked now and then as ordinary tasks. Answers to them are counted and change nothing.'
            : 'None yet. Mark a labelled image as gold from its page under Images: people are then measured on it.'}
        </Text>
        <SimpleGrid cols={{ base: 2, xs: 3, sm: 5, md: 7 }} spacing="sm">
          {images.map(({ image, class: known }) => (
            <Stack key={image.id} gap={4}>
              <Image src={image.thumbnailUrl} alt={image.fileName} radius="sm" h={90} fit="cover" />
              <Group justify="space-between" gap={4} wrap="nowrap">
                <Text size="sm" component="div" miw={0}>
                  <ClassSwatch color={known.color} name={known.name} />
                </Text>
                <Tooltip label="No longer gold">
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    size="sm"
                    aria-label={`${image.fileName}: no longer gold`}
                    disabled={loading}
                    onClick={() => void take(image.id)}
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
