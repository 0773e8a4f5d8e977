import type { LibClassFragment } from '../../gql/operations';
import type { ReviewTask } from './useReview';

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
  { review, labels }: Doubted,
  classes: readonly LibClassFragment[],
): ReviewKeys {
  const classOf = new Map<string, LibClassFragment>();
  for (const one of classes) if (one.hotkey) classOf.set(one.hotkey.toLowerCase(), one);
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
