import { requireShape } from '../errors';
import { softmaxRows } from './logits';
import type { Scores } from './score';

/** A row of scores and the classes that it is known not to be of. */
export interface ExcludedClasses {
  row: number;
  /** Columns; without any class left, the row stays as it is. */
  classes: ReadonlySet<number>;
}

/**
 * Scores again the rows of which somebody said what they are not: those classes have no probability,
 * and what is left of it is shared out as the head says, `p(k) / (1 - Σ p(excluded))`.
 *
 * @param scores changed in place
 * @param logits excluded.length × classes: what the head says of each of those rows
 * @throws ModelInputError `SHAPE`
 */
export function excludeClasses(
  scores: Scores,
  excluded: readonly ExcludedClasses[],
  logits: Float32Array,
  classes: number,
): void {
  requireShape('Logits', logits, excluded.length, classes);
  excluded.forEach(({ row, classes: out }, at) => {
    const own = logits.slice(at * classes, (at + 1) * classes);
    const left = Array.from(own.keys()).filter((k) => !out.has(k));
    if (left.length === 0) return;
    for (const k of out) own[k] = -Infinity;
    writeRow(scores, row, softmaxRows(own, classes), { left, out });
  });
}

function writeRow(
  scores: Scores,
  row: number,
  p: Float32Array,
  { left, out }: { left: number[]; out: ReadonlySet<number> },
): void {
  const { topCount } = scores;
  left.sort((a, b) => p[b]! - p[a]! || a - b);
  const [first = 0, second] = left;
  scores.classIndex[row] = first;
  scores.confidence[row] = p[first]!;
  scores.margin[row] = p[first]! - (second === undefined ? 0 : p[second]!);
  scores.entropy[row] = p.reduce(
    (sum, value) => (value > 0 ? sum - value * Math.log(value) : sum),
    0,
  );
  // Excluded classes come last: a row of `top` has a fixed length.
  [...left, ...out].slice(0, topCount).forEach((k, place) => {
    scores.top[row * topCount + place] = k;
    scores.topConfidence[row * topCount + place] = p[k]!;
  });
}
