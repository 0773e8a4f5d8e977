import type { LibClassFragment } from '../../gql/operations';
import type { ReviewTask } from './reviewState';

export interface Choice {
  class: LibClassFragment;
  /** The text of its button. */
  text: string;
  /** The digit of the choice; null if it is the hotkey of a class. */
  key: string | null;
}

export interface ReviewKeys {
  /** The given class, the suggested class, then the other answers. */
  choices: Choice[];
  classOf: ReadonlyMap<string, LibClassFragment>;
}

type ReviewedImage = Pick<ReviewTask['image'], 'review' | 'labels'>;

/**
 * Assigns digits to the choices and hotkeys to the classes, as on the label page. A class whose
 * hotkey is a digit keeps it.
 */
export function reviewKeys(
  image: ReviewedImage | undefined,
  classes: readonly LibClassFragment[],
): ReviewKeys {
  const classOf = new Map<string, LibClassFragment>();
  for (const one of classes) if (one.hotkey) classOf.set(one.hotkey.toLowerCase(), one);
  const { review, labels = [] } = image ?? {};
  const given = review?.givenClass;
  const candidates = [given, review?.suggestedClass, ...labels.map((label) => label.class)];
  const byId = new Map(candidates.flatMap((one) => (one ? [[one.id, one] as const] : [])));
  const choices = [...byId.values()].map((one, index) => {
    const digit = String(index + 1);
    const key = index < 9 && !classOf.has(digit) ? digit : null;
    if (key) classOf.set(key, one);
    const verb = one.id === given?.id ? 'Keep' : 'Change to';
    return { class: one, key, text: `${verb} ${one.name}` };
  });
  return { choices, classOf };
}

export type Command = { type: 'answer'; class: LibClassFragment } | { type: 'undo' };

type Key = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>;

/** The command of a key press. The undo keys are those of the label page. */
export function commandOf(
  { key, ctrlKey, metaKey, altKey }: Key,
  { classOf }: Pick<ReviewKeys, 'classOf'>,
): Command | null {
  if (ctrlKey || metaKey) return key.toLowerCase() === 'z' ? { type: 'undo' } : null;
  if (altKey) return null;
  // Undo overrides a class hotkey, so that it always works.
  if (key === 'Backspace') return { type: 'undo' };
  const picked = classOf.get(key.toLowerCase());
  return picked ? { type: 'answer', class: picked } : null;
}
