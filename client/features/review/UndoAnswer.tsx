import { Button, Group, Kbd, Text } from '@mantine/core';
import { IconArrowBackUp } from '@tabler/icons-react';
import { ClassSwatch } from '../../components/ClassSwatch';
import { baseName } from '../../lib/format';
import type { PastAnswer } from './reviewState';

interface Props {
  last: PastAnswer | undefined;
  busy: boolean;
  onUndo: () => void;
}

/** The last answer with an undo button. */
export function UndoAnswer({ last, busy, onUndo }: Props) {
  return (
    <Group gap="sm" wrap="nowrap" miw={0} maw="100%">
      <Text component="div" size="xs" c="dimmed" role="status" miw={0}>
        {last && (
          <Group gap="xs" wrap="nowrap">
            <ClassSwatch color={last.answer.color} name={last.answer.name} />
            <Text span inherit truncate maw="14rem">
              {baseName(last.image.fileName)}
            </Text>
          </Group>
        )}
      </Text>
      <Button
        variant="default"
        // Stays enabled while busy, because a disabled button would lose the focus.
        disabled={!last}
        aria-busy={busy}
        onClick={onUndo}
        aria-label="Undo"
        aria-keyshortcuts="Backspace Control+Z"
        style={{ flexShrink: 0 }}
        leftSection={<IconArrowBackUp size={16} />}
        rightSection={<Kbd size="xs">⌫</Kbd>}
      >
        Undo
      </Button>
    </Group>
  );
}
