import { Button, Group, Kbd, Text } from '@mantine/core';
import { IconArrowBackUp, IconCheck } from '@tabler/icons-react';
import { useEffect } from 'react';
import { ClassSwatch } from '../../components/ClassSwatch';
import type { LibClassFragment } from '../../gql/operations';
import { formatQuantity } from '../../lib/format';
import { type ConfirmGrid, type GridAction } from './confirmGrid';
import { ConfirmTile } from './ConfirmTile';
import classes from './GridPanel.module.css';
import { useGridKeys } from '../../components/useGridKeys';

export interface GridPanelProps {
  grid: ConfirmGrid;
  predicted: LibClassFragment;
  classes: readonly LibClassFragment[];
  dispatch: (action: GridAction) => void;
  onConfirm: () => void;
  onUndo: () => void;
}

/** Draws a grid of images predicted as one class. The unmarked images are confirmed with one key. */
export function GridPanel(props: GridPanelProps) {
  const { grid, predicted, dispatch } = props;
  const {
    grid: element,
    current,
    setCurrent,
    onKeyDown,
  } = useGridKeys(grid.shown.length, props.onConfirm);
  const first = grid.shown[0]?.image.id;
  useEffect(() => {
    // Focusing a new grid makes the keyboard work at once.
    if (first) element.current?.querySelector<HTMLElement>('[data-tile]')?.focus();
  }, [first, element]);
  return (
    <section className={classes.panel} aria-label="Grid">
      <GridBar {...props} />
      {/* The key events of the tiles bubble up to here. The grid itself takes no focus. */}
      <div
        ref={element}
        className={classes.grid}
        role="group"
        aria-label={`Predicted as ${predicted.name}`}
        onKeyDown={onKeyDown}
      >
        {grid.shown.map((task, index) => (
          <ConfirmTile
            key={task.image.id}
            task={task}
            predicted={predicted}
            classes={props.classes}
            mistake={grid.mistakes.get(task.image.id)}
            isCurrent={index === current}
            onFocus={() => setCurrent(index)}
            onToggle={() => dispatch({ type: 'toggled', imageId: task.image.id })}
            onReassign={(correctClass) =>
              dispatch({ type: 'reassigned', imageId: task.image.id, correctClass })
            }
          />
        ))}
      </div>
    </section>
  );
}

function GridBar({ grid, predicted, onConfirm, onUndo }: GridPanelProps) {
  const markedCount = grid.mistakes.size;
  const confirmCount = grid.shown.length - markedCount;
  return (
    <header className={classes.bar}>
      <div className={classes.title}>
        <Text component="h1" fw={600} span={false}>
          <ClassSwatch color={predicted.color} name={predicted.name} size={12} />
        </Text>
        <Text size="xs" c="dimmed">
          Click the images that are not {predicted.name}
          {markedCount > 0 && ` · ${markedCount} marked as incorrect`}
        </Text>
      </div>
      <Group gap="xs" wrap="nowrap">
        <Button
          variant="default"
          leftSection={<IconArrowBackUp size={16} />}
          disabled={grid.past.length === 0}
          onClick={onUndo}
        >
          Undo
        </Button>
        <Button
          leftSection={<IconCheck size={16} />}
          rightSection={<Kbd size="xs">Enter</Kbd>}
          disabled={grid.shown.length === 0}
          onClick={onConfirm}
          aria-label={`Confirm ${confirmCount} and continue`}
        >
          {confirmCount > 0 ? `Confirm ${formatQuantity(confirmCount, 'image')}` : 'Continue'}
        </Button>
      </Group>
    </header>
  );
}
