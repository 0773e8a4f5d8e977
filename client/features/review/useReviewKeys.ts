import { useEffect, useEffectEvent } from 'react';
import { type Command, commandOf, type ReviewKeys } from './reviewChoices';

const textFields = 'input, textarea, select, [contenteditable="true"]';

/** Runs answer and undo keys, but not in a text field or a dialog, or while a key is held. */
export function useReviewKeys(keys: ReviewKeys, onCommand: (command: Command) => void) {
  const handle = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented) return;
    if (event.target instanceof Element && event.target.closest(textFields)) return;
    if (document.querySelector('[role="dialog"][aria-modal="true"], [role="menu"]')) return;
    const command = commandOf(event, keys);
    if (!command) return;
    event.preventDefault();
    if (!event.repeat) onCommand(command);
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => handle(event);
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, []);
}
