import { Alert, Badge, Button, Group, Paper, Progress, Stack, Text, Title } from '@mantine/core';
import { formatQuantity } from '../../lib/format';
import type { ImportStatus, UploadImportFragment } from '../../gql/operations';
import { RefusalList } from './RefusalList';

const status: Record<ImportStatus, { text: string; color: string }> = {
  WAITING: { text: 'Waiting', color: 'gray' },
  RUNNING: { text: 'Unpacking', color: 'blue' },
  DONE: { text: 'Done', color: 'teal' },
  FAILED: { text: 'Failed', color: 'red' },
  CANCELLED: { text: 'Cancelled', color: 'gray' },
};

type OnCancel = (importId: string) => void;

/** Lists the zip files that the server unpacks, newest first. */
export function ImportList({
  imports,
  onCancel,
}: {
  imports: UploadImportFragment[];
  onCancel: OnCancel;
}) {
  if (imports.length === 0) return null;
  return (
    <Stack gap="sm" component="section" aria-label="Zip imports">
      <Title order={2} size="h4">
        Zip imports
      </Title>
      {imports.map((each) => (
        <ImportCard key={each.id} each={each} onCancel={onCancel} />
      ))}
    </Stack>
  );
}

function ImportCard({ each, onCancel }: { each: UploadImportFragment; onCancel: OnCancel }) {
  const isActive = each.status === 'WAITING' || each.status === 'RUNNING';
  const percent = each.filesTotal > 0 ? (100 * each.filesDone) / each.filesTotal : 0;
  const results = [
    `${each.imagesAdded.toLocaleString('en')} added`,
    each.labelsAdded > 0 && formatQuantity(each.labelsAdded, 'label'),
    each.duplicates > 0 && formatQuantity(each.duplicates, 'duplicate'),
    each.refusalCount > 0 && `${each.refusalCount.toLocaleString('en')} refused`,
  ];
  return (
    <Paper withBorder p="sm">
      <Stack gap="xs">
        <Group justify="space-between" wrap="nowrap">
          <Text fw={500} truncate title={each.fileName}>
            {each.fileName}
          </Text>
          <Group gap="xs" wrap="nowrap" flex="none">
            <Badge variant="light" color={status[each.status].color} tt="none">
              {status[each.status].text}
            </Badge>
            {isActive && (
              <Button
                size="compact-xs"
                variant="subtle"
                onClick={() => onCancel(each.id)}
                aria-label={`Cancel ${each.fileName}`}
              >
                Cancel
              </Button>
            )}
          </Group>
        </Group>
        {isActive && (
          <Progress value={percent} animated aria-label={`Unpacking ${each.fileName}`} />
        )}
        <Text size="sm" c="dimmed" aria-live="polite">
          {isActive &&
            each.filesTotal > 0 &&
            `${each.filesDone.toLocaleString('en')} of ${formatQuantity(each.filesTotal, 'file')} · `}
          {results.filter(Boolean).join(' · ')}
        </Text>
        {each.failure && (
          <Alert color="red" variant="light">
            {each.failure}
          </Alert>
        )}
        <RefusalList title="Refused" refusals={each.refusals} total={each.refusalCount} />
      </Stack>
    </Paper>
  );
}
