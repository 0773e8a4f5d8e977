import { Button, Kbd, Popover, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { ClassesRowFragment } from '../../gql/operations';
import { hotkeyOf, ownerOfHotkey } from './classOrder';

interface Props {
  row: ClassesRowFragment;
  classes: ClassesRowFragment[];
  onChange: (hotkey: string) => Promise<boolean>;
}

/** Opens, waits for one key press, and says whose key it is when it is taken. */
export function HotkeyEditor({ row, classes, onChange }: Props) {
  const [opened, setOpened] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const close = () => {
    setOpened(false);
    setProblem(null);
  };
  const press = async (event: React.KeyboardEvent) => {
    if (event.key === 'Escape' || event.key === 'Tab') return close();
    const wanted = event.key === 'Backspace' || event.key === 'Delete' ? '' : hotkeyOf(event);
    if (wanted === null) return;
    event.preventDefault();
    const owner = wanted ? ownerOfHotkey(classes, wanted, row.id) : undefined;
    if (owner) return setProblem(`“${wanted}” is the key of ${owner.name}.`);
    close();
    await onChange(wanted);
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
          {row.hotkey ? <Kbd>{row.hotkey}</Kbd> : <Text size="xs">no key</Text>}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap={4} aria-live="assertive">
          <Text size="sm" fw={500}>
            Press a key for {row.name}
          </Text>
          <Text size="xs" c={problem ? 'red' : 'dimmed'}>
            {problem ?? 'Backspace removes it, Escape leaves it.'}
          </Text>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
