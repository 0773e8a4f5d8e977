import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { formatQuantity } from '../../lib/format';

interface Props {
  folders: { name: string; count: number }[];
  classes: { name: string; color: string }[];
  active: boolean;
  /** Only archives whose contents cannot be listed here. */
  unread: boolean;
}

const SHOWN = 24;

/** The classes that the folders would give, and which of them would be new. */
export function FolderPreview({ folders, classes, active, unread }: Props) {
  const [all, setAll] = useState(false);
  if (unread)
    return (
      <Text size="sm" c="dimmed">
        The folders in this zip are read when it is unpacked.
      </Text>
    );
  const known = new Map(classes.map((each) => [each.name.toLowerCase(), each.color]));
  const fresh = folders.filter((folder) => !known.has(folder.name.toLowerCase())).length;
  const shown = all ? folders : folders.slice(0, SHOWN);
  return (
    <Stack gap="xs" opacity={active ? 1 : 0.55}>
      <Text size="sm" c="dimmed" aria-live="polite">
        {formatQuantity(folders.length, 'folder')} found
        {active
          ? `: ${fresh === 0 ? 'all are classes already' : formatQuantity(fresh, 'new class', 'new classes')}`
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
        {folders.length > SHOWN && (
          <Button size="compact-xs" variant="subtle" onClick={() => setAll(!all)}>
            {all ? 'Show fewer' : `Show all ${folders.length}`}
          </Button>
        )}
      </Group>
    </Stack>
  );
}
