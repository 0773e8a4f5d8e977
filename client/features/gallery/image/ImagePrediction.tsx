import { Box, Group, Stack, Text, Title } from '@mantine/core';
import { ClassSwatch } from '../../../components/ClassSwatch';
import { ConfidenceBar } from '../../../components/ConfidenceBar';
import type { GalleryDetailFragment } from '../../../gql/operations';

interface Props {
  prediction: GalleryDetailFragment['prediction'];
  embedded: boolean;
}

/** Shows the most likely classes of the current model with their confidence. */
export function ImagePrediction({ prediction, embedded }: Props) {
  return (
    <Stack gap="xs" component="section" aria-label="Prediction">
      <Group justify="space-between">
        <Title order={3} size="h6">
          Prediction
        </Title>
        {prediction && (
          <Text size="xs" c="dimmed">
            round {prediction.run.number}
          </Text>
        )}
      </Group>
      {!prediction && (
        <Text size="sm" c="dimmed">
          {embedded
            ? 'The next published round predicts this image.'
            : 'This image is not embedded yet.'}
        </Text>
      )}
      {prediction?.top.map(({ class: each, confidence }) => (
        <Group key={each.id} gap="sm" wrap="nowrap">
          <Text size="sm" component="span" w="40%" miw={0}>
            <ClassSwatch color={each.color} name={each.name} />
          </Text>
          <Box flex={1}>
            <ConfidenceBar
              confidence={confidence}
              color={each.color}
              withValue
              label={`Confidence in ${each.name}`}
            />
          </Box>
        </Group>
      ))}
    </Stack>
  );
}
