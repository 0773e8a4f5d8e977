import type { MouseEvent } from 'react';

/** A mouse click answers without taking the focus, so that the next Space skips instead of clicking again. */
export const keepFocus = (event: MouseEvent) => event.preventDefault();
