import { Text, UnstyledButton } from '@mantine/core';
import { ClassSwatch } from '../../components/ClassSwatch';
import type { ConfirmPageQuery } from '../../gql/operations';
import { formatCount } from '../../lib/format';
import classes from './ClassList.module.css';

export type ConfirmClass = NonNullable<ConfirmPageQuery['dataset']>['classes'][number];

export interface ClassListProps {
  classes: readonly ConfirmClass[];
  selectedId: string | undefined;
  onSelect: (id: string) => void;
}

/** The classes, with how many images are predicted to be each. Their order never changes under the cursor. */
export function ClassList({ classes: all, selectedId, onSelect }: ClassListProps) {
  return (
    <nav aria-label="Predicted classes" className={classes.nav}>
      <Text component="h2" size="sm" fw={600} className={classes.heading}>
        Predicted as
      </Text>
      <ul className={classes.list}>
        {all.map((one) => (
          <li key={one.id}>
            <UnstyledButton
              className={classes.entry}
              aria-current={one.id === selectedId || undefined}
              data-none={one.predictedCount === 0 || undefined}
              onClick={() => onSelect(one.id)}
              aria-label={`${one.name}, ${one.predictedCount} predicted`}
            >
              <ClassSwatch color={one.color} name={one.name} />
              <span className={classes.count}>{formatCount(one.predictedCount)}</span>
            </UnstyledButton>
          </li>
        ))}
      </ul>
    </nav>
  );
}
