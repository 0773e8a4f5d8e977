import { useEffect, useEffectEvent } from 'react';
import type { LibClassFragment } from '../../gql/operations';

interface Ways {
  choose: (one: LibClassFragment) => void;
  undo: () => void;
}

const writesText = 'input, textarea, select, [contenteditable="true"]';

/** A class's hotkey chooses it; Ctrl Z takes the last answers back. Enter and Space belong to the tiles. */
export function useSimilarKeys(classes: readonly LibClassFragment[], { choose, undo }: Ways) {
  const handle = useEffectEvent((event: KeyboardEvent) => {
    const target = event.target instanceof Element ? event.target : null;
    if (event.defaultPrevented || event.repeat || target?.closest(writesText)) return;
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
