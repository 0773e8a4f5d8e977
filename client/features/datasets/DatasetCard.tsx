import { Badge, Box, Card, Group, Progress, Stack, Text, Tooltip } from '@mantine/core';
import { IconPhoto } from '@tabler/icons-react';
import { Link } from 'react-router';
import type { DatasetsCardFragment } from '../../gql/operations';
import { datasetPaths } from '../../lib/datasetPaths';
import { formatAgo, formatPercent, formatQuantity } from '../../lib/format';
import { lastActivity } from './lastActivity';
import styles from './DatasetCard.module.css';

export function DatasetCard({ dataset }: { dataset: DatasetsCardFragment }) {
  const { counts, currentRun, activeRun } = dataset;
  const toLabel = Math.max(0, counts.images - counts.heldOut);
  const share = toLabel > 0 ? Math.min(1, counts.labelled / toLabel) : 0;
  const activity = lastActivity(dataset);
  const accuracy = currentRun?.metrics?.validationAccuracy ?? null;
  return (
    <Card
      component="li"
      withBorder
      padding={0}
      className={styles.card}
      style={{ listStyle: 'none' }}
    >
      <Covers dataset={dataset} />
      <Stack gap={6} p="md">
        <Group justify="space-between" wrap="nowrap" gap="xs">
          <Text
            component={Link}
            to={datasetPaths.overview(dataset.id)}
            fw={600}
            truncate
            className={styles.link}
            title={dataset.name}
          >
            <bdi>{dataset.name}</bdi>
          </Text>
          {activeRun && (
            <Badge variant="light" tt="none" flex="none">
              Round {activeRun.number} running
            </Badge>
          )}
        </Group>
        <Group justify="space-between" gap="xs">
          <Text size="sm" c="dimmed">
            {formatQuantity(counts.images, 'image')} · {formatPercent(share)} labelled
          </Text>
          {accuracy !== null && (
            <Tooltip
              label={`Validation accuracy of round ${currentRun?.number}, on ${currentRun?.metrics?.validationCount} labels`}
            >
              <Text size="sm" c="dimmed">
                {formatPercent(accuracy)} accuracy
              </Text>
            </Tooltip>
          )}
        </Group>
        <Progress value={100 * share} size="sm" aria-label={`Labelled in ${dataset.name}`} />
        <Text size="xs" c="dimmed">
          {activity.text} {formatAgo(activity.at)}
        </Text>
      </Stack>
    </Card>
  );
}

function Covers({ dataset }: { dataset: DatasetsCardFragment }) {
  const images = dataset.covers.edges.map((edge) => edge.node);
  if (images.length === 0)
    return (
      <Box className={styles.noCovers}>
        <IconPhoto size={28} stroke={1.2} aria-hidden />
        <Text size="sm">No images yet</Text>
      </Box>
    );
  return (
    <Box className={styles.covers} data-count={images.length} aria-hidden>
      {images.map((image) => (
        <img key={image.id} src={image.thumbnailUrl} alt="" loading="lazy" decoding="async" />
      ))}
    </Box>
  );
}
