import { ActionIcon, ColorInput, Popover } from '@mantine/core';
import { useState } from 'react';
import type { ClassesRowFragment } from '../../gql/operations';
import styles from './ClassList.module.css';

const swatches = [
  '#e03131',
  '#e8590c',
  '#f08c00',
  '#66a80f',
  '#2f9e44',
  '#099268',
  '#0c8599',
  '#1971c2',
  '#3b5bdb',
  '#6741d9',
  '#9c36b5',
  '#c2255c',
  '#868e96',
  '#343a40',
];

interface Props {
  row: ClassesRowFragment;
  onChange: (color: string) => void;
}

export function ColorEditor({ row, onChange }: Props) {
  const [opened, setOpened] = useState(false);
  const [color, setColor] = useState(row.color);
  const save = (next: string) => {
    const valid = /^#[0-9a-f]{6}$/i.test(next);
    if (valid && next.toLowerCase() !== row.color.toLowerCase()) onChange(next.toLowerCase());
  };
  const toggle = (open: boolean) => {
    if (open) setColor(row.color);
    setOpened(open);
  };
  return (
    <Popover opened={opened} onChange={toggle} position="bottom-start" trapFocus withinPortal>
      <Popover.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`Colour of ${row.name}`}
          onClick={() => toggle(!opened)}
        >
          <span className={styles.swatch} style={{ background: row.color }} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <ColorInput
          label="Colour"
          format="hex"
          value={color}
          onChange={setColor}
          onChangeEnd={save}
          swatches={swatches}
          swatchesPerRow={7}
          closeOnColorSwatchClick
          popoverProps={{ withinPortal: false }}
        />
      </Popover.Dropdown>
    </Popover>
  );
}
