import { Box, Button, Group, Text } from '@mantine/core';
import { ClassSwatch } from '../../components/ClassSwatch';
import type { ClassesRowFragment } from '../../gql/operations';
import { formatQuantity } from '../../lib/format';

interface Props {
  classes: ClassesRowFragment[];
  onRestore: (id: string) => Promise<boolean>;
}

export function ArchivedClasses({ classes, onRestore }: Props) {
  return (
    <Box component="ul" p={0} m={0} aria-label="Archived classes" style={{ listStyle: 'none' }}>
      {classes.map((row) => (
        <Group key={row.id} component="li" gap="sm" py={4} wrap="nowrap">
          <ClassSwatch color={row.color} />
          <Text size="sm" flex={1} truncate>
            <bdi>{row.name}</bdi>
          </Text>
          <Text size="sm" c="dimmed">
            {formatQuantity(row.labelledCount, 'image')}
          </Text>
          <Button
            size="compact-sm"
            variant="default"
            aria-label={`Restore ${row.name}`}
            onClick={() => void onRestore(row.id)}
          >
            Restore
          </Button>
        </Group>
      ))}
    </Box>
  );
}
