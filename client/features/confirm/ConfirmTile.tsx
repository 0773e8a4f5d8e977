import { Popover, Text, UnstyledButton } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { ClassSwatch } from '../../components/ClassSwatch';
import type { LibClassFragment } from '../../gql/operations';
import { baseName, formatPercent } from '../../lib/format';
import { ClassChooser } from '../../components/ClassChooser';
import type { GridTask, Mistake } from './confirmGrid';
import classes from './ConfirmTile.module.css';

export interface ConfirmTileProps {
  task: GridTask;
  predicted: LibClassFragment;
  mistake: Mistake | undefined;
  /** Classes of the dataset, to choose another from. */
  classes: readonly LibClassFragment[];
  /** The tile that Tab reaches; the arrows move it. */
  isCurrent: boolean;
  onFocus: () => void;
  onToggle: () => void;
  onReassign: (instead: LibClassFragment) => void;
}

/** One image of the grid: right until somebody says otherwise. */
export function ConfirmTile(props: ConfirmTileProps) {
  const { task, predicted, mistake, isCurrent, onFocus, onToggle } = props;
  const { image } = task;
  const confidence = image.prediction?.confidence;
  return (
    <div className={classes.tile} data-wrong={mistake ? true : undefined}>
      <UnstyledButton
        className={classes.button}
        role="checkbox"
        aria-checked={!mistake}
        aria-label={`${baseName(image.fileName)} is ${predicted.name}`}
        data-tile
        tabIndex={isCurrent ? 0 : -1}
        onFocus={onFocus}
        onClick={onToggle}
      >
        <img className={classes.picture} src={image.thumbnailUrl} alt="" draggable={false} />
        {confidence !== undefined && (
          <span className={classes.corner}>{formatPercent(confidence)}</span>
        )}
        {mistake && (
          <span className={classes.cross}>
            <IconX size={40} stroke={2} aria-hidden />
          </span>
        )}
      </UnstyledButton>
      {mistake && <Instead {...props} mistake={mistake} />}
    </div>
  );
}

/** Below a wrong image: what it is instead, if one knows. */
function Instead({ task, mistake, ...props }: ConfirmTileProps & { mistake: Mistake }) {
  const [opened, setOpened] = useState(false);
  const likely = task.image.prediction?.top.map(({ class: one }) => one) ?? [];
  return (
    <Popover opened={opened} onChange={setOpened} width={240} shadow="md" trapFocus withinPortal>
      <Popover.Target>
        <UnstyledButton
          className={classes.instead}
          onClick={() => setOpened(!opened)}
          aria-label={`Another class for ${baseName(task.image.fileName)}`}
        >
          {mistake.instead ? (
            <ClassSwatch color={mistake.instead.color} name={mistake.instead.name} size={8} />
          ) : (
            <Text span inherit c="dimmed">
              What is it?
            </Text>
          )}
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown p="xs">
        <ClassChooser
          classes={props.classes.filter(({ id }) => id !== props.predicted.id)}
          likely={likely.filter(({ id }) => id !== props.predicted.id)}
          onChoose={(one) => {
            setOpened(false);
            props.onReassign(one);
          }}
        />
      </Popover.Dropdown>
    </Popover>
  );
}
