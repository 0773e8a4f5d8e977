import { requireShape } from '../errors';
import { softmaxRows } from './logits';
import type { Scores } from './score';

/** A row of scores, and the classes that it is known not to have. */
export interface ExcludedClasses {
  row: number;
  /** Excluded class indices. If they are all classes, the row does not change. */
  classes: ReadonlySet<number>;
}

/**
 * Updates the scores of rows with excluded classes. Excluded classes get probability 0, and the
 * others are renormalised: `p(k) / (1 - Σ p(excluded))`.
 *
 * @param scores changed in place
 * @param logits excluded.length × classes: the head's logits of these rows
 * @throws ModelInputError `SHAPE`
 */
export function excludeClasses(
  scores: Scores,
  excluded: readonly ExcludedClasses[],
  logits: Float32Array,
  classes: number,
): void {
  requireShape('Logits', logits, excluded.length, classes);
  excluded.forEach(({ row, classes: excludedClasses }, index) => {
    const rowLogits = logits.slice(index * classes, (index + 1) * classes);
    const remaining = Array.from(rowLogits.keys()).filter((k) => !excludedClasses.has(k));
    if (remaining.length === 0) return;
    for (const k of excludedClasses) rowLogits[k] = -Infinity;
    writeRow(scores, row, softmaxRows(rowLogits, classes), {
      remaining,
      excludedClasses,
    });
  });
}

function writeRow(
  scores: Scores,
  row: number,
  p: Float32Array,
  { remaining, excludedClasses }: { remaining: number[]; excludedClasses: ReadonlySet<number> },
): void {
  const { topCount } = scores;
  remaining.sort((a, b) => p[b]! - p[a]! || a - b);
  const [first = 0, second] = remaining;
  scores.classIndex[row] = first;
  scores.confidence[row] = p[first]!;
  scores.margin[row] = p[first]! - (second === undefined ? 0 : p[second]!);
  scores.entropy[row] = p.reduce(
    (sum, value) => (value > 0 ? sum - value * Math.log(value) : sum),
    0,
  );
  // A row of `top` has a fixed length, so excluded classes come last.
  [...remaining, ...excludedClasses].slice(0, topCount).forEach((k, position) => {
    scores.top[row * topCount + position] = k;
    scores.topConfidence[row * topCount + position] = p[k]!;
  });
}
