import { Popover, Text, UnstyledButton } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { ClassSwatch } from '../../components/ClassSwatch';
import type { LibClassFragment } from '../../gql/operations';
import { baseName, formatPercent } from '../../lib/format';
import { ClassChooser } from '../../components/ClassChooser';
import tile from '../../components/ImageTile.module.css';
import type { GridTask, Mistake } from './confirmGrid';
import classes from './ConfirmTile.module.css';

export interface ConfirmTileProps {
  task: GridTask;
  predicted: LibClassFragment;
  mistake: Mistake | undefined;
  /** The classes of the dataset, to choose the correct one from. */
  classes: readonly LibClassFragment[];
  /** The tile that Tab focuses. The arrow keys change it. */
  isCurrent: boolean;
  onFocus: () => void;
  onToggle: () => void;
  onReassign: (correctClass: LibClassFragment) => void;
}

/** Draws one image of the grid. It counts as correct until it is marked. */
export function ConfirmTile(props: ConfirmTileProps) {
  const { task, predicted, mistake, isCurrent, onFocus, onToggle } = props;
  const { image } = task;
  const confidence = image.prediction?.confidence;
  return (
    <div className={classes.tile} data-marked={mistake ? true : undefined}>
      <UnstyledButton
        className={`${tile.frame} ${classes.button}`}
        role="checkbox"
        aria-checked={!mistake}
        aria-label={`${baseName(image.fileName)} is ${predicted.name}`}
        data-tile
        tabIndex={isCurrent ? 0 : -1}
        onFocus={onFocus}
        onClick={onToggle}
      >
        <img
          className={`${tile.picture} ${classes.picture}`}
          src={image.thumbnailUrl}
          alt=""
          draggable={false}
        />
        {confidence !== undefined && (
          <span className={tile.corner}>{formatPercent(confidence)}</span>
        )}
        {mistake && (
          <span className={classes.cross}>
            <IconX size={40} stroke={2} aria-hidden />
          </span>
        )}
      </UnstyledButton>
      {mistake && <CorrectClassPicker {...props} mistake={mistake} />}
    </div>
  );
}

interface PickerProps extends ConfirmTileProps {
  mistake: Mistake;
}

/** Chooses the correct class of a marked image. It may stay unknown. */
function CorrectClassPicker({ task, mistake, ...props }: PickerProps) {
  const [opened, setOpened] = useState(false);
  const likely = task.image.prediction?.top.map(({ class: one }) => one) ?? [];
  return (
    <Popover opened={opened} onChange={setOpened} width={240} shadow="md" trapFocus withinPortal>
      <Popover.Target>
        <UnstyledButton
          className={classes.correctClass}
          onClick={() => setOpened(!opened)}
          aria-label={`Choose another class for ${baseName(task.image.fileName)}`}
        >
          {mistake.correctClass ? (
            <ClassSwatch
              color={mistake.correctClass.color}
              name={mistake.correctClass.name}
              size={8}
            />
          ) : (
            <Text span inherit c="dimmed">
              Choose class
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
