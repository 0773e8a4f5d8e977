import { Paper, SimpleGrid, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { IconPhotoUp, IconSparkles, IconTag } from '@tabler/icons-react';
import type { ReactNode } from 'react';

const steps = [
  {
    icon: IconPhotoUp,
    title: '1. Upload',
    text: 'Drop images, folders or a zip file. Folder names can become classes.',
  },
  {
    icon: IconTag,
    title: '2. Label together',
    text: 'Answer with one key. The images that improve the model most come first.',
  },
  {
    icon: IconSparkles,
    title: '3. Watch it learn',
    text: 'The model retrains while you label, in about a second. Confirm its predictions in grids.',
  },
];

/** Explains the product in three steps to a user without a dataset. */
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
          {steps.map(({ icon: Icon, title, text }) => (
            <Stack key={title} gap="xs" component="li" style={{ listStyle: 'none' }}>
              <ThemeIcon size={40} radius="md" variant="light" aria-hidden>
                <Icon size={22} stroke={1.6} />
              </ThemeIcon>
              <Text fw={600}>{title}</Text>
              <Text size="sm" c="dimmed">
                {text}
              </Text>
            </Stack>
          ))}
        </SimpleGrid>
        {action}
      </Stack>
    </Paper>
  );
}
