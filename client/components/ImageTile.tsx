import { UnstyledButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { baseName } from '../lib/format';
import classes from './ImageTile.module.css';

export interface ImageTileProps {
  image: { fileName: string; thumbnailUrl: string };
  /** Top right, over the picture: a confidence, a badge. */
  corner?: ReactNode;
  /** Below the picture, one line. */
  caption?: ReactNode;
  /** Makes the tile a button. */
  onClick?: () => void;
  /** Name of the button; the file name without it. */
  label?: string;
  /** For a tile that is chosen or not (`aria-pressed`). */
  pressed?: boolean;
  /** Shows the whole picture instead of filling the square with it. */
  contain?: boolean;
}

/** A square thumbnail that keeps its place while it loads. */
export function ImageTile(props: ImageTileProps) {
  const { image, corner, caption, onClick, label, pressed, contain } = props;
  const inner = (
    <>
      <span className={classes.frame}>
        <img
          className={classes.picture}
          data-contain={contain || undefined}
          src={image.thumbnailUrl}
          alt={onClick ? '' : baseName(image.fileName)}
          loading="lazy"
          decoding="async"
          draggable={false}
        />
        {corner && <span className={classes.corner}>{corner}</span>}
      </span>
      {caption && <span className={classes.caption}>{caption}</span>}
    </>
  );
  if (!onClick) return <span className={classes.tile}>{inner}</span>;
  return (
    <UnstyledButton
      className={classes.tile}
      onClick={onClick}
      aria-label={label ?? baseName(image.fileName)}
      aria-pressed={pressed}
    >
      {inner}
    </UnstyledButton>
  );
}
