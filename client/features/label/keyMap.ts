import { predictionKeyCount } from '../../../shared/limits';
import type { LibClassFragment } from '../../gql/operations';

export interface KeyMap {
  classOf: ReadonlyMap<string, LibClassFragment>;
  /** The digit of each prediction in rank order; null if it is the hotkey of a class. */
  predictionKeys: readonly (string | null)[];
}

/** Assigns digits to the top predictions. A class whose hotkey is a digit keeps it. */
export function keyMap(
  classes: readonly LibClassFragment[],
  top: readonly LibClassFragment[],
): KeyMap {
  const classOf = new Map<string, LibClassFragment>();
  for (const one of classes) if (one.hotkey) classOf.set(one.hotkey.toLowerCase(), one);
  const predictionKeys = top.slice(0, predictionKeyCount).map((one, index) => {
    const key = String(index + 1);
    if (classOf.has(key)) return null;
    classOf.set(key, one);
    return key;
  });
  return { classOf, predictionKeys };
}

/** A command of the label page's keyboard. */
export type Command =
  | { type: 'answer'; class: LibClassFragment }
  | {
      type:
        | 'skip'
        | 'undo'
        | 'search'
        | 'help'
        | 'explain'
        | 'similar'
        | 'zoomIn'
        | 'zoomOut'
        | 'zoomReset';
    };

type Key = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>;

export function commandOf({ key, ctrlKey, metaKey, altKey }: Key, keys: KeyMap): Command | null {
  if (ctrlKey || metaKey) return key.toLowerCase() === 'z' ? { type: 'undo' } : null;
  if (altKey) return null;
  // Class hotkeys override the built-in keys, except skip and undo: those must always work.
  if (key === ' ') return { type: 'skip' };
  if (key === 'Backspace') return { type: 'undo' };
  const picked = keys.classOf.get(key.toLowerCase());
  if (picked) return { type: 'answer', class: picked };
  switch (key) {
    case '/':
      return { type: 'search' };
    case '.':
      return { type: 'explain' };
    case ',':
      return { type: 'similar' };
    case '?':
      return { type: 'help' };
    case '+':
    case '=':
      return { type: 'zoomIn' };
    case '-':
      return { type: 'zoomOut' };
    case '0':
      return { type: 'zoomReset' };
    default:
      return null;
  }
}
