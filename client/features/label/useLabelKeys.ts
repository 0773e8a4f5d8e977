import { useEffect, useEffectEvent } from 'react';
import { type Command, commandOf, type KeyMap } from './keyMap';

const textFields = 'input, textarea, select, [contenteditable="true"]';
const controls = 'a, button, [role="button"], [tabindex="0"]';

/** Whether the key belongs to a text field, an open dialog or menu, or a focused control (Space). */
function isHandledElsewhere(event: KeyboardEvent): boolean {
  const target = event.target instanceof Element ? event.target : null;
  if (event.defaultPrevented || target?.closest(textFields)) return true;
  if (document.querySelector('[role="dialog"][aria-modal="true"], [role="menu"]')) return true;
  const hasKeyboardFocus = target?.closest(controls)?.matches(':focus-visible') ?? false;
  return hasKeyboardFocus && event.key === ' ';
}

/** Runs the keyboard commands of the label page. A held key repeats only zoom commands. */
export function useLabelKeys(
  keys: KeyMap,
  onCommand: (command: Command) => void,
  enabled: boolean,
) {
  const handle = useEffectEvent((event: KeyboardEvent) => {
    if (isHandledElsewhere(event)) return;
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
