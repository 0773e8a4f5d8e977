import { useEffect, useEffectEvent } from 'react';
import type { LibClassFragment } from '../../gql/operations';

const taken = 'input, textarea, select, [contenteditable="true"]';

/** Keys answer unless a field is written in, a dialog is open, or a key is held down. */
export function useReviewKeys(
  classOf: ReadonlyMap<string, LibClassFragment>,
  onAnswer: (classId: string) => void,
) {
  const handle = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.repeat) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof Element && event.target.closest(taken)) return;
    if (document.querySelector('[role="dialog"][aria-modal="true"], [role="menu"]')) return;
    const picked = classOf.get(event.key.toLowerCase());
    if (!picked) return;
    event.preventDefault();
    onAnswer(picked.id);
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => handle(event);
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, []);
}
