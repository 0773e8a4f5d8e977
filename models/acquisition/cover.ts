import type { Graph } from './graph';

export interface CoverInput {
  graph: Graph;
  /** How much there is to learn at each row, 0 or more; changed: what is chosen covers it. */
  need: Float64Array;
  candidates: Int32Array;
  count: number;
}

/** A row's neighbourhood is known as far as the row is like it. */
export function coverBy({ starts, ids, weights }: Graph, need: Float64Array, row: number): void {
  for (let at = starts[row]!; at < starts[row + 1]!; at++) need[ids[at]!]! *= 1 - weights[at]!;
}

/**
 * Greedy weighted coverage: again and again the candidate whose neighbourhood needs it most, Σ need
 * · similarity, after which that neighbourhood needs less. The covered sum is submodular, so greedy
 * reaches 1 - 1/e of the best (Nemhauser, Wolsey & Fisher 1978), and gains only fall, so old ones
 * are upper bounds: few are computed anew (Minoux 1978). Where need is the same everywhere this is
 * ProbCover (Yehuda et al. 2022) with soft balls; where it is uncertainty, it is
 * information density (Settles & Craven 2008) with diversity.
 */
export function coverGreedily({ graph, need, candidates, count }: CoverInput): Int32Array {
  const { starts, ids, weights } = graph;
  const gain = (row: number): number => {
    let sum = 0;
    for (let at = starts[row]!; at < starts[row + 1]!; at++) sum += weights[at]! * need[ids[at]!]!;
    return sum;
  };
  const heap = Array.from(candidates, (row) => ({ row, gain: gain(row), round: 0 }));
  heap.sort((a, b) => b.gain - a.gain);
  const chosen: number[] = [];
  while (chosen.length < count && heap.length > 0) {
    const first = heap[0]!;
    if (first.round === chosen.length) {
      chosen.push(first.row);
      coverBy(graph, need, first.row);
      first.gain = -1;
      popFirst(heap);
      continue;
    }
    first.gain = gain(first.row);
    first.round = chosen.length;
    sink(heap);
  }
  return Int32Array.from(chosen);
}

/** Puts the first entry of a heap back in its place. */
function sink(heap: { gain: number; row: number }[]): void {
  const entry = heap[0]!;
  const before = (a: { gain: number; row: number }, b: { gain: number; row: number }) =>
    a.gain > b.gain || (a.gain === b.gain && a.row < b.row);
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
    if (!before(heap[child]!, entry)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = entry;
}

function popFirst(heap: { gain: number; row: number }[]): void {
  const last = heap.pop()!;
  if (heap.length === 0) return;
  heap[0] = last;
  sink(heap);
}
