import { Box, Group, Stack, Text, Title } from '@mantine/core';
import { ClassSwatch } from '../../../components/ClassSwatch';
import { ConfidenceBar } from '../../../components/ConfidenceBar';
import type { GalleryDetailFragment } from '../../../gql/operations';

type PredictedImage = Pick<GalleryDetailFragment, 'prediction' | 'embedded' | 'hidden'>;

/** Shows the most likely classes of the current model with their confidence. */
export function ImagePrediction({ image }: { image: PredictedImage }) {
  const { prediction } = image;
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
          {missingWords(image)}
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

function missingWords({ hidden, embedded }: PredictedImage): string {
  if (hidden)
    return 'Hidden while you hold a task for this image. Answer it to see the prediction.';
  return embedded
    ? 'The next published round predicts this image.'
    : 'This image is not embedded yet.';
}
