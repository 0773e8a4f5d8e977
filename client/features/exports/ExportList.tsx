import { Box, Button, Group, Paper, Text, Title } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { ExportsRowFragment } from '../../gql/operations';
import { formatAgo, formatMoment, formatPercent, formatQuantity } from '../../lib/format';

/** Lists the exports, newest first. An export never changes. */
export function ExportList({ exports }: { exports: ExportsRowFragment[] }) {
  if (exports.length === 0) return null;
  const newestFirst = [...exports].sort(
    (a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt),
  );
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="earlier">
      <Title order={2} size="h5" mb="xs" id="earlier">
        Exports
      </Title>
      <Box component="ul" p={0} m={0} aria-labelledby="earlier" style={{ listStyle: 'none' }}>
        {newestFirst.map((each) => (
          <ExportRow key={each.id} each={each} />
        ))}
      </Box>
    </Paper>
  );
}

function ExportRow({ each }: { each: ExportsRowFragment }) {
  const contents =
    each.include === 'LABELS'
      ? 'labels only'
      : `labels and predictions from ${formatPercent(each.minConfidence ?? 0)}`;
  return (
    <Group component="li" justify="space-between" wrap="nowrap" gap="sm" py={6}>
      <Box miw={0}>
        <Text size="sm">
          {formatQuantity(each.imageCount, 'image')}, {contents}
        </Text>
        <Text size="xs" c="dimmed" title={formatMoment(each.createdAt)}>
          <bdi>{each.createdBy.name}</bdi>, {formatAgo(each.createdAt)}
        </Text>
      </Box>
      <Button
        component="a"
        href={each.url}
        download
        size="compact-sm"
        variant="default"
        flex="none"
        leftSection={<IconDownload size={14} />}
        aria-label={`Download the export of ${formatMoment(each.createdAt)}`}
      >
        Download
      </Button>
    </Group>
  );
}
