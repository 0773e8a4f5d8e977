import { useEffect, useEffectEvent } from 'react';
import { type Command, commandOf, type KeyMap } from './keyMap';

const writesText = 'input, textarea, select, [contenteditable="true"]';
const activates = 'a, button, [role="button"], [tabindex="0"]';

/** Keys belong to a text field while one is being written in, and to an open dialog. */
function isTaken(event: KeyboardEvent): boolean {
  const target = event.target instanceof Element ? event.target : null;
  if (event.defaultPrevented || target?.closest(writesText)) return true;
  if (document.querySelector('[role="dialog"][aria-modal="true"], [role="menu"]')) return true;
  const moved = target?.closest(activates)?.matches(':focus-visible') ?? false;
  return moved && event.key === ' ';
}

/** The keyboard of the label page. A key that is held down answers once. */
export function useLabelKeys(
  keys: KeyMap,
  onCommand: (command: Command) => void,
  enabled: boolean,
) {
  const handle = useEffectEvent((event: KeyboardEvent) => {
    if (isTaken(event)) return;
    const command = commandOf(event, keys);
    if (!command) return;
    event.preventDefault();
    if (!event.repeat || command.type.startsWith('zoom')) onCommand(command);
  });
  useEffect(() => {
    if (!enabled) return;
    const listen = (event: KeyboardEvent) => handle(event);
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, [enabled]);
}
