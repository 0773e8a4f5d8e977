import type { Graph } from '../graph';
import { coverBy, coverGreedily } from '../cover';
import { openRows, type QueueState } from '../state';

/** With fewer edges than these, near-duplicates would not know of each other. */
const minNeighbours = 5;

/**
 * The share of images whose class has no label yet, by Good & Turing's estimate (1953): the share
 * of labels that are their class's only one. 1 while nothing is labelled.
 */
export function unseenShare({ labels }: Pick<QueueState, 'labels'>): number {
  if (labels.length === 0) return 1;
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts.values()].filter((count) => count === 1).length / labels.length;
}

/** What labelled rows are like needs less, in proportion to how much is still to be discovered. */
function discount({ starts, ids, weights }: Graph, need: Float64Array, row: number, share: number) {
  for (let at = starts[row]!; at < starts[row + 1]!; at++)
    need[ids[at]!]! *= 1 - share * weights[at]!;
}

/**
 * How much there is to learn at each row: (1 - margin)^(2 - 2u) · Π (1 - u · likeness to a labelled
 * row), u the share of images of unseen classes. Without labels everything needs the same; while
 * many classes are unseen, what is unlike all that is labelled; then what the head is unsure of.
 */
function needs(state: QueueState, graph: Graph): Float64Array {
  const { pool, scores, labelled, leased = [] } = state;
  const unseen = unseenShare(state);
  const need = new Float64Array(pool.rows).fill(1);
  if (scores)
    for (let row = 0; row < need.length; row++) {
      const margin = scores.margin[row]!;
      if (margin >= 0 && margin <= 1) need[row] = (1 - margin) ** (2 * (1 - unseen));
    }
  // Without a head there is nothing but likeness to go by.
  for (const row of labelled) discount(graph, need, row, scores ? unseen : 1);
  for (const row of labelled) need[row] = 0;
  for (const row of leased) coverBy(graph, need, row);
  return need;
}

/**
 * The product's own: greedy coverage of what there is to learn (`coverGreedily`). A row counts for
 * as many of its nearest as there are images per label, so that broad representatives come first
 * and, with many labels, the single images the head is least sure of: all that decides is
 * measured on the labels and the pool.
 */
export async function composed(state: QueueState, count: number): Promise<Int32Array> {
  const { pool, labelled, leased = [] } = state;
  const known = labelled.length + leased.length + count;
  const near = Math.max(minNeighbours, Math.round(pool.rows / Math.max(1, known)));
  const graph = await pool.coverGraph(near);
  return coverGreedily({ graph, need: needs(state, graph), candidates: openRows(state), count });
}
