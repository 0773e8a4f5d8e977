import type { LibClassFragment } from '../../gql/operations';
import type { ReviewTask } from './reviewDesk';

export interface Choice {
  class: LibClassFragment;
  /** What its button says. */
  words: string;
  /** Null where a class owns the key. */
  key: string | null;
}

export interface ReviewKeys {
  /** What it is agreed to be, what is suggested, then what else people said. */
  choices: Choice[];
  classOf: ReadonlyMap<string, LibClassFragment>;
}

type Doubted = Pick<ReviewTask['image'], 'review' | 'labels'>;

/** Digits pick what stands to choose, letters the classes, as on the label page. A class that owns a digit keeps it. */
export function reviewKeys(
  doubted: Doubted | undefined,
  classes: readonly LibClassFragment[],
): ReviewKeys {
  const classOf = new Map<string, LibClassFragment>();
  for (const one of classes) if (one.hotkey) classOf.set(one.hotkey.toLowerCase(), one);
  const { review, labels = [] } = doubted ?? {};
  const given = review?.givenClass;
  const candidates = [given, review?.suggestedClass, ...labels.map((label) => label.class)];
  const byId = new Map(candidates.flatMap((one) => (one ? [[one.id, one] as const] : [])));
  const choices = [...byId.values()].map((one, index) => {
    const digit = String(index + 1);
    const key = index < 9 && !classOf.has(digit) ? digit : null;
    if (key) classOf.set(key, one);
    return { class: one, key, words: one.id === given?.id ? `Keep ${one.name}` : `Change to ${one.name}` }; // prettier-ignore
  });
  return { choices, classOf };
}

export type Command = { type: 'answer'; class: LibClassFragment } | { type: 'undo' };

type Key = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>;

/** What a key that no field wants means on this page: the way back is the label page's. */
export function commandOf(
  { key, ctrlKey, metaKey, altKey }: Key,
  { classOf }: Pick<ReviewKeys, 'classOf'>,
): Command | null {
  if (ctrlKey || metaKey) return key.toLowerCase() === 'z' ? { type: 'undo' } : null;
  if (altKey) return null;
  // Before any class: a mistake must not stay.
  if (key === 'Backspace') return { type: 'undo' };
  const picked = classOf.get(key.toLowerCase());
  return picked ? { type: 'answer', class: picked } : null;
}
