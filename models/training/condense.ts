import type { Neighbours } from '../acquisition/neighbours';
import type { PseudoLabelledRows } from './crossValidation';

/** Rows with a class and a weight each. */
export interface WeightedRows {
  rows: Int32Array;
  labels: Int32Array;
  weights: Float32Array;
}

/**
 * Groups rows with their nearest neighbours of the same class, starting with the largest weights. A
 * group is a neighbourhood, so its mean can represent it.
 *
 * @param size maximum number of rows per group
 * @returns the group of each row, and the number of groups
 */
export function groupNeighbours(
  { rows, labels, weights }: WeightedRows,
  { ids, count }: Neighbours,
  size: number,
): { group: Int32Array; groups: number } {
  const positionOfRow = new Map(Array.from(rows, (row, position) => [row, position]));
  const group = new Int32Array(rows.length).fill(-1);
  const order = [...rows.keys()].sort((a, b) => weights[b]! - weights[a]!);
  let groups = 0;
  for (const start of order) {
    if (group[start]! >= 0) continue;
    group[start] = groups;
    let members = 1;
    const from = rows[start]! * count;
    for (let neighbour = from; neighbour < from + count && members < size; neighbour++) {
      const position = positionOfRow.get(ids[neighbour]!);
      if (position === undefined || group[position]! >= 0 || labels[position] !== labels[start])
        continue;
      group[position] = groups;
      members++;
    }
    groups++;
  }
  return { group, groups };
}

/**
 * Condenses each group to one row: the weighted mean of its features, with the sum of its weights.
 * A fit costs less with fewer rows, and its result hardly changes.
 *
 * @param features rows × dimensions
 */
export function condense(
  { labels, weights }: Pick<WeightedRows, 'labels' | 'weights'>,
  features: Float32Array,
  dimensions: number,
  { group, groups }: { group: Int32Array; groups: number },
): PseudoLabelledRows {
  const out = {
    features: new Float32Array(groups * dimensions),
    labels: new Int32Array(groups),
    weights: new Float32Array(groups),
  };
  group.forEach((target, index) => {
    out.labels[target] = labels[index]!;
    out.weights[target]! += weights[index]!;
  });
  group.forEach((target, index) => {
    const share = weights[index]! / Math.max(out.weights[target]!, 1e-12);
    const meanOffset = target * dimensions;
    const rowOffset = index * dimensions;
    for (let j = 0; j < dimensions; j++)
      out.features[meanOffset + j]! += share * features[rowOffset + j]!;
  });
  return out;
}
