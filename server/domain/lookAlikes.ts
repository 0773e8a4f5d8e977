// cspell:ignore confusables
import { LRUCache } from 'lru-cache';

/**
 * Cyrillic and Greek letters that look like a Latin letter, in the order of `latin`. From the
 * confusables of Unicode Technical Standard #39, reduced to letters of these three scripts. Letters
 * of one script never replace each other, so that a dataset can have the classes O and 0, or l and 1.
 */
// cspell:disable
const foreign = 'аеорсухѕіјһԁԛԝѵӏгьАВЕІЈКМНОРСЅТХУҮԌԚԜӀαινορυϳΑΒΕΖΗΙΚΜΝΟΡΤΥΧͿ';
const latin = 'aeopcyxsijhdqwvlrbABEIJKMHOPCSTXYYGQWIaivopujABEZHIKMNOPTYXJ';
// cspell:enable

const latinOf = new Map([...foreign].map((letter, index) => [letter, latin[index] ?? letter]));
const toLatin = (text: string) => [...text].map((letter) => latinOf.get(letter) ?? letter).join('');

/**
 * Returns a text that is the same for names that look alike: without case, compatibility forms and
 * invisible joiners, and with look-alike letters replaced. It is for comparison only.
 */
export function skeletonOf(name: string): string {
  const known = skeletons.get(name) ?? computeSkeleton(name);
  skeletons.set(name, known);
  return known;
}

/** All class names of a dataset are compared at each change of one. */
const skeletons = new LRUCache<string, string>({ max: 10_000 });

function computeSkeleton(name: string): string {
  const folded = toLatin(name.normalize('NFKD')).toLowerCase();
  return toLatin(folded)
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .normalize('NFKC');
}

/** Finds names that look like given ones. Names that differ only in case do not look alike. */
export class LookAlikes {
  private readonly bySkeleton = new Map<string, string[]>();

  constructor(names: Iterable<string>) {
    for (const name of names) this.add(name);
  }

  add(name: string): void {
    const skeleton = skeletonOf(name);
    this.bySkeleton.set(skeleton, [...(this.bySkeleton.get(skeleton) ?? []), name]);
  }

  /** Returns a name that looks like the given one. Undefined if there is none. */
  find(name: string): string | undefined {
    return this.bySkeleton
      .get(skeletonOf(name))
      ?.find((other) => other.toLowerCase() !== name.toLowerCase());
  }
}
