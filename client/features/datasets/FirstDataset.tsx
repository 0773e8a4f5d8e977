import { Paper, SimpleGrid, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { IconPhotoUp, IconSparkles, IconTag } from '@tabler/icons-react';
import type { ReactNode } from 'react';

const steps = [
  {
    icon: IconPhotoUp,
    title: '1. Upload',
    words: 'Drop images, folders or a zip. Folders can bring their classes along.',
  },
  {
    icon: IconTag,
    title: '2. Label together',
    words: 'Answer with one key. You are asked about the images that teach the model most.',
  },
  {
    icon: IconSparkles,
    title: '3. Watch it learn',
    words: 'The model retrains as you go, in about a second; confirm what it already knows.',
  },
];

/** What a newcomer sees first: the product in three steps and the one thing to do. */
export function FirstDataset({ action }: { action: ReactNode }) {
  return (
    <Paper withBorder p={{ base: 'md', sm: 'xl' }}>
      <Stack gap="xl" align="center" py="lg">
        <Stack gap={4} align="center">
          <Title order={2} size="h3" ta="center">
            Label a set of images with a fraction of the clicks
          </Title>
          <Text c="dimmed" ta="center">
            A dataset is a set of images and the classes they may have.
          </Text>
        </Stack>
        <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="xl" component="ol" p={0} m={0} maw={860}>
          {steps.map(({ icon: Icon, title, words }) => (
            <Stack key={title} gap="xs" component="li" style={{ listStyle: 'none' }}>
              <ThemeIcon size={40} radius="md" variant="light" aria-hidden>
                <Icon size={22} stroke={1.6} />
              </ThemeIcon>
              <Text fw={600}>{title}</Text>
              <Text size="sm" c="dimmed">
                {words}
              </Text>
            </Stack>
          ))}
        </SimpleGrid>
        {action}
      </Stack>
    </Paper>
  );
}
