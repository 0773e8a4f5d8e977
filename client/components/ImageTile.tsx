import { UnstyledButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { baseName } from '../lib/format';
import classes from './ImageTile.module.css';

export interface ImageTileProps {
  image: { fileName: string; thumbnailUrl: string };
  /** A badge at the top right of the image, for example a confidence. */
  corner?: ReactNode;
  /** One line below the image. */
  caption?: ReactNode;
  /** Makes the tile a button. */
  onClick?: () => void;
  /** Accessible name of the button. The file name if missing. */
  label?: string;
  /** Whether a toggle button is on (`aria-pressed`). */
  pressed?: boolean;
  /** Shows the whole image instead of cropping it to a square. */
  contain?: boolean;
}

/** Draws a square thumbnail that keeps its size while it loads. */
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
