import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { formatQuantity } from '../../lib/format';

interface Props {
  folders: { name: string; count: number }[];
  classes: { name: string; color: string }[];
  active: boolean;
  /** Whether the folders are unknown until the server unpacks the zip files. */
  unread: boolean;
}

const maxShown = 24;

/** Shows the classes that the folders would become, and which of them are new. */
export function FolderPreview({ folders, classes, active, unread }: Props) {
  const [showAll, setShowAll] = useState(false);
  if (unread)
    return (
      <Text size="sm" c="dimmed">
        The folders in this zip are read when it is unpacked.
      </Text>
    );
  const known = new Map(classes.map((each) => [each.name.toLowerCase(), each.color]));
  const newCount = folders.filter((folder) => !known.has(folder.name.toLowerCase())).length;
  const shown = showAll ? folders : folders.slice(0, maxShown);
  return (
    <Stack gap="xs" opacity={active ? 1 : 0.55}>
      <Text size="sm" c="dimmed" aria-live="polite">
        {formatQuantity(folders.length, 'folder')} found
        {active
          ? `: ${newCount === 0 ? 'all are existing classes' : formatQuantity(newCount, 'new class', 'new classes')}`
          : ''}
      </Text>
      <Group
        gap={6}
        component="ul"
        p={0}
        m={0}
        style={{ listStyle: 'none' }}
        aria-label="Classes found"
      >
        {shown.map((folder) => {
          const color = known.get(folder.name.toLowerCase());
          return (
            <Badge
              key={folder.name}
              component="li"
              variant={color ? 'light' : 'outline'}
              color={color ?? 'gray'}
              autoContrast
              tt="none"
              fw={500}
              size="lg"
            >
              {folder.name} · {folder.count.toLocaleString('en')}
              {active && !color && ' · new'}
            </Badge>
          );
        })}
        {folders.length > maxShown && (
          <Button size="compact-xs" variant="subtle" onClick={() => setShowAll(!showAll)}>
            {showAll ? 'Show fewer' : `Show all ${folders.length}`}
          </Button>
        )}
      </Group>
    </Stack>
  );
}
