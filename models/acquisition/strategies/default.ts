import type { Graph } from '../graph';
import { reduceNeedAround, coverGreedily } from '../cover';
import { openRows, type QueueState } from '../state';

/** Minimum edges per row. With fewer, near-duplicates might not be connected. */
const minNeighbours = 5;

/**
 * Estimates the share of images whose class has no label yet (Good & Turing 1953): the share of
 * labels that are the only one of their class. Without labels it is 1.
 */
export function unseenShare({ labels }: Pick<QueueState, 'labels'>): number {
  if (labels.length === 0) return 1;
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts.values()].filter((count) => count === 1).length / labels.length;
}

/** Reduces the need around a labelled row in proportion to the share of unseen classes. */
function discountNeed(
  { starts, ids, weights }: Graph,
  need: Float64Array,
  row: number,
  share: number,
) {
  for (let edge = starts[row]!; edge < starts[row + 1]!; edge++)
    need[ids[edge]!]! *= 1 - share * weights[edge]!;
}

/**
 * Estimates how much there is to learn at each row: (1 - margin)^(2 - 2u) · Π (1 - u · similarity
 * to a labelled row), where u is the share of images of unseen classes. Without labels all rows
 * have the same need. While many classes are unseen, rows unlike all labelled rows have the most.
 * Later, rows with a small margin have the most.
 */
function needOfRows(state: QueueState, graph: Graph): Float64Array {
  const { pool, scores, labelled, leased = [] } = state;
  const unseen = unseenShare(state);
  const need = new Float64Array(pool.rows).fill(1);
  if (scores)
    for (let row = 0; row < need.length; row++) {
      const margin = scores.margin[row]!;
      if (margin >= 0 && margin <= 1) need[row] = (1 - margin) ** (2 * (1 - unseen));
    }
  // Without a head, similarity is the only signal.
  for (const row of labelled) discountNeed(graph, need, row, scores ? unseen : 1);
  for (const row of labelled) need[row] = 0;
  for (const row of leased) reduceNeedAround(graph, need, row);
  return need;
}

/**
 * Chooses rows by the default strategy: greedy coverage of the need (`coverGreedily`). A row covers
 * as many neighbours as there are images per label. So the first rows represent large groups, and
 * with many labels the single images with the smallest margins come first. The strategy has no
 * parameters to tune: all quantities are measured on the labels and the pool.
 */
export async function defaultStrategy(state: QueueState, count: number): Promise<Int32Array> {
  const { pool, labelled, leased = [] } = state;
  const known = labelled.length + leased.length + count;
  const neighboursPerRow = Math.max(minNeighbours, Math.round(pool.rows / Math.max(1, known)));
  const graph = await pool.coverGraph(neighboursPerRow);
  return coverGreedily({
    graph,
    need: needOfRows(state, graph),
    candidates: openRows(state),
    count,
  });
}
