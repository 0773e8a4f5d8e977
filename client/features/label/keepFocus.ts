import type { MouseEvent } from 'react';

/** Keeps a mouse click from moving the focus, so that the next Space skips and does not click again. */
export const keepFocus = (event: MouseEvent) => event.preventDefault();
