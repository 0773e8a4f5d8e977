import { ActionIcon, Group, Text, TextInput, Tooltip } from '@mantine/core';
import { IconArchive, IconGripVertical } from '@tabler/icons-react';
import { useState } from 'react';
import type { ClassesRowFragment } from '../../gql/operations';
import { formatCount } from '../../lib/format';
import { ColorEditor } from './ColorEditor';
import { HotkeyEditor } from './HotkeyEditor';
import type { ClassEditing } from './useClassEditing';
import type { HandleProps } from './useRowDrag';
import styles from './ClassList.module.css';

interface Props {
  row: ClassesRowFragment;
  classes: ClassesRowFragment[];
  editing: ClassEditing;
  handle: HandleProps;
}

export function ClassRow({ row, classes, editing, handle }: Props) {
  return (
    <Group gap="xs" wrap="nowrap" w="100%">
      <ActionIcon
        variant="transparent"
        className={styles.handle}
        aria-label={`Move ${row.name}; use the up and down arrow keys`}
        {...handle}
      >
        <IconGripVertical size={16} />
      </ActionIcon>
      <ColorEditor row={row} onChange={(color) => void editing.update(row, { color })} />
      <NameEditor key={row.name} row={row} onChange={(name) => editing.update(row, { name })} />
      <Counts row={row} />
      <HotkeyEditor
        row={row}
        classes={classes}
        onChange={(hotkey) => editing.update(row, { hotkey })}
      />
      <Tooltip label="Archive">
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`Archive ${row.name}`}
          onClick={() => void editing.archive(row.id)}
        >
          <IconArchive size={16} />
        </ActionIcon>
      </Tooltip>
    </Group>
  );
}

interface NameProps {
  row: ClassesRowFragment;
  onChange: (name: string) => Promise<boolean>;
}

/** Keyed by the name, so that it resets when another person renames the class. */
function NameEditor({ row, onChange }: NameProps) {
  const [name, setName] = useState(row.name);
  const save = async () => {
    const newName = name.trim();
    if (!newName || newName === row.name) return setName(row.name);
    if (!(await onChange(newName))) setName(row.name);
  };
  return (
    <TextInput
      className={styles.name}
      aria-label={`Name of ${row.name}`}
      size="sm"
      flex={1}
      miw={80}
      value={name}
      onChange={(event) => setName(event.currentTarget.value)}
      onBlur={() => void save()}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur();
        if (event.key === 'Escape') setName(row.name);
      }}
    />
  );
}

function Counts({ row }: { row: ClassesRowFragment }) {
  return (
    <Group gap="md" wrap="nowrap" visibleFrom="sm" style={{ fontVariantNumeric: 'tabular-nums' }}>
      <Text size="sm" c="dimmed" w={110} ta="right">
        {formatCount(row.labelledCount)} labelled
      </Text>
      <Text size="sm" c="dimmed" w={110} ta="right">
        {formatCount(row.predictedCount)} predicted
      </Text>
    </Group>
  );
}
