import { useEffect, useEffectEvent } from 'react';
import type { LibClassFragment } from '../../gql/operations';

interface KeyHandlers {
  choose: (one: LibClassFragment) => void;
  undo: () => void;
}

const textFields = 'input, textarea, select, [contenteditable="true"]';

/** A hotkey chooses its class, and Ctrl+Z undoes. The tiles handle Enter and Space themselves. */
export function useSimilarKeys(
  classes: readonly LibClassFragment[],
  { choose, undo }: KeyHandlers,
) {
  const handle = useEffectEvent((event: KeyboardEvent) => {
    const target = event.target instanceof Element ? event.target : null;
    if (event.defaultPrevented || event.repeat || target?.closest(textFields)) return;
    const key = event.key.toLowerCase();
    if (event.ctrlKey || event.metaKey) {
      if (key !== 'z') return;
      event.preventDefault();
      return undo();
    }
    if (event.altKey) return;
    const picked = classes.find(({ hotkey }) => hotkey?.toLowerCase() === key);
    if (picked) choose(picked);
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => handle(event);
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, []);
}
