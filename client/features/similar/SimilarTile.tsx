import { UnstyledButton } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { ClassSwatch } from '../../components/ClassSwatch';
import { baseName } from '../../lib/format';
import classes from './SimilarGrid.module.css';
import type { Found } from './similarGrid';

interface Props {
  found: Found;
  chosen: boolean;
  /** The tile that Tab reaches; the arrows move it. */
  isCurrent: boolean;
  onFocus: () => void;
  onToggle: () => void;
}

/** One image that was found: in or out. */
export function SimilarTile({ found, chosen, isCurrent, onFocus, onToggle }: Props) {
  const { image, similarity } = found;
  const agreed = image.consensus?.class;
  const said = agreed ? `labelled ${agreed.name}` : 'not labelled';
  return (
    <div className={classes.tile}>
      <UnstyledButton
        className={classes.button}
        role="checkbox"
        aria-checked={chosen}
        aria-label={`${baseName(image.fileName)}, similarity ${similarity.toFixed(2)}, ${said}`}
        data-tile
        tabIndex={isCurrent ? 0 : -1}
        onFocus={onFocus}
        onClick={onToggle}
      >
        <img
          className={classes.picture}
          src={image.thumbnailUrl}
          alt=""
          loading="lazy"
          draggable={false}
        />
        <span className={classes.corner}>{similarity.toFixed(2)}</span>
        {chosen && (
          <span className={classes.check}>
            <IconCheck size={14} stroke={3} aria-hidden />
          </span>
        )}
      </UnstyledButton>
      <div className={classes.caption}>
        {agreed ? <ClassSwatch color={agreed.color} name={agreed.name} size={8} /> : ' '}
      </div>
    </div>
  );
}
