import { seededRandom, shuffle } from '../../../numeric/random';

/**
 * How an epoch samples images. `none`: every image once. `over`: smaller classes are repeated to
 * the size of the largest. `under`: larger classes are reduced to the size of the smallest, with
 * new images in every epoch.
 */
export type Sampling = 'none' | 'over' | 'under';

/** Groups the rows by class. */
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
 * Draws the order of images in an epoch: shuffled rows of `labels`. It depends only on the seed,
 * the epoch and the sampling.
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
 * Splits an order into batches. A single remaining image joins the batch before it, because batch
 * normalization needs the variance of at least two images.
 */
export function splitIntoBatches(order: Int32Array, batchSize: number): Int32Array[] {
  const batches: Int32Array[] = [];
  for (let offset = 0; offset < order.length;) {
    const remaining = order.length - offset;
    const size =
      remaining === batchSize + 1 && batchSize > 1 ? remaining : Math.min(batchSize, remaining);
    batches.push(order.subarray(offset, (offset += size)));
  }
  return batches;
}

/**
 * Computes class weights that give all classes the same total weight: images / (classes · images of
 * the class), like scikit-learn's `balanced`. A class without images gets 1.
 */
export function balancedWeights(labels: Int32Array, classes: number): Float32Array {
  const counts = new Float32Array(classes);
  for (const label of labels) counts[label]! += 1;
  const present = counts.filter((count) => count > 0).length;
  return counts.map((count) => (count > 0 ? labels.length / (present * count) : 1));
}
