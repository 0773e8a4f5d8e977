import { predictionKeyCount } from '../../../shared/limits';
import type { LibClassFragment } from '../../gql/operations';

export interface KeyMap {
  classOf: ReadonlyMap<string, LibClassFragment>;
  /** The key that picks a predicted class, by its place from 0; null when a class owns that digit. */
  predictionKeys: readonly (string | null)[];
}

/** Digits pick the top predictions, letters the classes. A class that was given a digit keeps it. */
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

/** What a key that no field wants means on this page. */
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
  // A hotkey that the team chose comes before ours, except before those without which a mistake stays.
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
