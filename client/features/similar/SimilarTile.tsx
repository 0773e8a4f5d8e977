import { UnstyledButton } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { ClassSwatch } from '../../components/ClassSwatch';
import tile from '../../components/ImageTile.module.css';
import { baseName } from '../../lib/format';
import classes from './SimilarGrid.module.css';
import type { SimilarImage } from './similarGrid';

interface Props {
  result: SimilarImage;
  selected: boolean;
  /** The tile that Tab focuses. The arrow keys change it. */
  isCurrent: boolean;
  onFocus: () => void;
  onToggle: () => void;
}

/** Draws one image of the search result as a checkbox. */
export function SimilarTile({ result, selected, isCurrent, onFocus, onToggle }: Props) {
  const { image, similarity } = result;
  const label = image.consensus?.class;
  const labelText = label ? `labelled ${label.name}` : 'not labelled';
  return (
    <div className={classes.tile}>
      <UnstyledButton
        className={`${tile.frame} ${classes.button}`}
        role="checkbox"
        aria-checked={selected}
        aria-label={`${baseName(image.fileName)}, similarity ${similarity.toFixed(2)}, ${labelText}`}
        data-tile
        tabIndex={isCurrent ? 0 : -1}
        onFocus={onFocus}
        onClick={onToggle}
      >
        <img
          className={`${tile.picture} ${classes.picture}`}
          src={image.thumbnailUrl}
          alt=""
          loading="lazy"
          draggable={false}
        />
        <span className={tile.corner}>{similarity.toFixed(2)}</span>
        {selected && (
          <span className={classes.check}>
            <IconCheck size={14} stroke={3} aria-hidden />
          </span>
        )}
      </UnstyledButton>
      <div className={classes.caption}>
        {label ? <ClassSwatch color={label.color} name={label.name} size={8} /> : ' '}
      </div>
    </div>
  );
}
