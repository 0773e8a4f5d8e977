import { predictionKeyCount } from '../shared/limits';
import { matchClasses } from '../shared/matchClasses';

export interface AnnotatedClass {
  id: string;
  name: string;
  hotkey: string | null;
}

/**
 * Counts the keys that choose a class on the label page. They are its hotkey, or the digit of a
 * prediction, or `/`, the letters that put it first in the list, and Enter.
 *
 * @param top ids of the predicted classes, most probable first
 */
export function keysToLabel(
  wanted: AnnotatedClass,
  classes: readonly AnnotatedClass[],
  top: readonly string[],
): number {
  if (wanted.hotkey) return 1;
  const place = top.slice(0, predictionKeyCount).indexOf(wanted.id);
  const digitIsOurs = !classes.some(({ hotkey }) => hotkey === String(place + 1));
  if (place >= 0 && digitIsOurs) return 1;
  return 2 + lettersToFind(wanted, classes);
}

function lettersToFind(wanted: AnnotatedClass, classes: readonly AnnotatedClass[]): number {
  for (let letters = 1; letters < wanted.name.length; letters++)
    if (matchClasses(classes, wanted.name.slice(0, letters))[0]?.id === wanted.id) return letters;
  return wanted.name.length;
}
