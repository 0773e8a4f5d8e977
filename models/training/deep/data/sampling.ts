import { seededRandom, shuffle } from '../../../numeric/random';

/**
 * How often an epoch shows each image. `none`: once. `over`: images of smaller classes again until
 * every class is shown as often as the largest. `under`: of larger classes only as many as the
 * smallest has, drawn anew for every epoch.
 */
export type Sampling = 'none' | 'over' | 'under';

/** The rows of each class that has any. */
function rowsByClass(labels: Int32Array): number[][] {
  const byClass = new Map<number, number[]>();
  labels.forEach((label, row) => {
    const rows = byClass.get(label);
    if (rows) rows.push(row);
    else byClass.set(label, [row]);
  });
  return [...byClass.entries()].sort(([a], [b]) => a - b).map(([, rows]) => rows);
}

/**
 * The order in which an epoch shows the images: rows of `labels`, shuffled. The same for the same
 * seed and epoch, whatever came before.
 */
export function epochOrder(
  labels: Int32Array,
  { seed, epoch, sampling }: { seed: number; epoch: number; sampling: Sampling },
): Int32Array {
  const random = seededRandom(`${seed}:epoch:${epoch}`);
  const groups = rowsByClass(labels);
  const sizes = groups.map(({ length }) => length);
  const target = sampling === 'over' ? Math.max(...sizes) : Math.min(...sizes);
  const rows = groups.flatMap((group) => {
    if (sampling === 'none') return group;
    const drawn: number[] = [];
    while (drawn.length < target) drawn.push(...shuffle([...group], random));
    return drawn.slice(0, target);
  });
  return shuffle(Int32Array.from(rows), random);
}

/**
 * Cuts an order into batches. A single image left over joins the batch before it: one image has no
 * variance for batch normalization.
 */
export function inBatches(order: Int32Array, batchSize: number): Int32Array[] {
  const batches: Int32Array[] = [];
  for (let at = 0; at < order.length;) {
    const left = order.length - at;
    const size = left === batchSize + 1 && batchSize > 1 ? left : Math.min(batchSize, left);
    batches.push(order.subarray(at, (at += size)));
  }
  return batches;
}

/**
 * Weight of each class so that all count alike: images / (classes · images of the class), as
 * scikit-learn's `balanced`; 1 for a class without images.
 */
export function balancedWeights(labels: Int32Array, classes: number): Float32Array {
  const counts = new Float32Array(classes);
  for (const label of labels) counts[label]! += 1;
  const present = counts.filter((count) => count > 0).length;
  return counts.map((count) => (count > 0 ? labels.length / (present * count) : 1));
}
