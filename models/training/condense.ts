import type { Neighbours } from '../acquisition/neighbours';
import type { PseudoLabelledRows } from './crossValidation';

/** Rows with a class each, and how much each counts. */
export interface WeighedRows {
  rows: Int32Array;
  labels: Int32Array;
  weights: Float32Array;
}

/**
 * Puts rows together with their nearest of the same class, the weightiest first: a group is a
 * neighbourhood, so its mean stands for it.
 *
 * @param size rows per group at most
 * @returns the group of each row, and how many groups there are
 */
export function groupNeighbours(
  { rows, labels, weights }: WeighedRows,
  { ids, count }: Neighbours,
  size: number,
): { group: Int32Array; groups: number } {
  const place = new Map(Array.from(rows, (row, at) => [row, at]));
  const group = new Int32Array(rows.length).fill(-1);
  const order = [...rows.keys()].sort((a, b) => weights[b]! - weights[a]!);
  let groups = 0;
  for (const first of order) {
    if (group[first]! >= 0) continue;
    group[first] = groups;
    let members = 1;
    const from = rows[first]! * count;
    for (let near = from; near < from + count && members < size; near++) {
      const at = place.get(ids[near]!);
      if (at === undefined || group[at]! >= 0 || labels[at] !== labels[first]) continue;
      group[at] = groups;
      members++;
    }
    groups++;
  }
  return { group, groups };
}

/**
 * One row per group: the weighted mean of its features, with the sum of its weights. The cost of a
 * fit falls with the rows; what they say together hardly changes.
 *
 * @param features rows × dimensions
 */
export function condense(
  { labels, weights }: Pick<WeighedRows, 'labels' | 'weights'>,
  features: Float32Array,
  dimensions: number,
  { group, groups }: { group: Int32Array; groups: number },
): PseudoLabelledRows {
  const out = {
    features: new Float32Array(groups * dimensions),
    labels: new Int32Array(groups),
    weights: new Float32Array(groups),
  };
  group.forEach((to, at) => {
    out.labels[to] = labels[at]!;
    out.weights[to]! += weights[at]!;
  });
  group.forEach((to, at) => {
    const share = weights[at]! / Math.max(out.weights[to]!, 1e-12);
    const mean = to * dimensions;
    const own = at * dimensions;
    for (let j = 0; j < dimensions; j++) out.features[mean + j]! += share * features[own + j]!;
  });
  return out;
}
