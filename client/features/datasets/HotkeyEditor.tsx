import { Button, Kbd, Popover, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { ClassesRowFragment } from '../../gql/operations';
import { hotkeyOf, ownerOfHotkey } from './classOrder';

interface Props {
  row: ClassesRowFragment;
  classes: ClassesRowFragment[];
  onChange: (hotkey: string) => Promise<boolean>;
}

/** Sets a hotkey by one key press. It refuses a hotkey of another class and names that class. */
export function HotkeyEditor({ row, classes, onChange }: Props) {
  const [opened, setOpened] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const close = () => {
    setOpened(false);
    setProblem(null);
  };
  const press = async (event: React.KeyboardEvent) => {
    if (event.key === 'Escape' || event.key === 'Tab') return close();
    const hotkey = event.key === 'Backspace' || event.key === 'Delete' ? '' : hotkeyOf(event);
    if (hotkey === null) return;
    event.preventDefault();
    const owner = hotkey ? ownerOfHotkey(classes, hotkey, row.id) : undefined;
    if (owner) return setProblem(`“${hotkey}” is already the hotkey of ${owner.name}.`);
    close();
    await onChange(hotkey);
  };
  return (
    <Popover
      opened={opened}
      onChange={(open) => !open && close()}
      position="bottom-end"
      width={230}
    >
      <Popover.Target>
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          w={52}
          px={0}
          aria-label={`Hotkey of ${row.name}: ${row.hotkey ?? 'none'}`}
          onClick={() => (opened ? close() : setOpened(true))}
          onKeyDown={(event) => opened && void press(event)}
          onBlur={close}
        >
          {row.hotkey ? <Kbd>{row.hotkey}</Kbd> : <Text size="xs">none</Text>}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap={4} aria-live="assertive">
          <Text size="sm" fw={500}>
            Press a key for {row.name}
          </Text>
          <Text size="xs" c={problem ? 'red' : 'dimmed'}>
            {problem ?? 'Backspace removes the hotkey, Escape cancels.'}
          </Text>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
