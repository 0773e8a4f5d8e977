import { Box } from '@mantine/core';
import type { ClassesRowFragment } from '../../gql/operations';
import { ClassRow } from './ClassRow';
import { ROW_HEIGHT } from './rowHeight';
import type { ClassEditing } from './useClassEditing';
import { useRowDrag } from './useRowDrag';
import styles from './ClassList.module.css';

interface Props {
  classes: ClassesRowFragment[];
  editing: ClassEditing;
}

/** Lists the active classes in their order. Rows can be moved. */
export function ClassList({ classes, editing }: Props) {
  const drag = useRowDrag(classes, ROW_HEIGHT, (ordered) => void editing.reorder(ordered));
  return (
    <Box component="ul" className={styles.list} aria-label="Classes">
      {classes.map((row, index) => (
        <Box
          key={row.id}
          component="li"
          className={styles.row}
          data-dragged={drag.dragged === index || undefined}
          style={{ height: ROW_HEIGHT, transform: `translateY(${drag.offsetOf(index)}px)` }}
        >
          <ClassRow
            row={row}
            classes={classes}
            editing={editing}
            handle={drag.handleProps(index)}
          />
        </Box>
      ))}
    </Box>
  );
}
