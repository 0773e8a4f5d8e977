import { Text, UnstyledButton } from '@mantine/core';
import { ClassSwatch } from '../../components/ClassSwatch';
import type { ConfirmPageQuery } from '../../gql/operations';
import { formatCount, formatPercent } from '../../lib/format';
import classes from './ClassList.module.css';

export type ConfirmClass = NonNullable<ConfirmPageQuery['dataset']>['classes'][number];

export interface ClassListProps {
  classes: readonly ConfirmClass[];
  selectedId: string | undefined;
  onSelect: (id: string) => void;
}

const nameOf = ({ name, predictedCount, nextGrid }: ConfirmClass) =>
  `${name}, ${predictedCount} predicted${nextGrid ? `, next grid at ${formatPercent(nextGrid.confidence)} confidence` : ''}`;

/**
 * Lists the classes with the confidence of their next grid and the number of predicted images. The
 * order is fixed, so that no class moves under the cursor.
 */
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
              aria-label={nameOf(one)}
              title={one.nextGrid ? 'Confidence of the next grid · predicted images' : undefined}
            >
              <ClassSwatch color={one.color} name={one.name} />
              <span className={classes.count}>
                {one.nextGrid && `${formatPercent(one.nextGrid.confidence)} · `}
                {formatCount(one.predictedCount)}
              </span>
            </UnstyledButton>
          </li>
        ))}
      </ul>
    </nav>
  );
}
