import type { Graph } from './graph';

export interface CoverInput {
  graph: Graph;
  /** How much there is to learn at each row, 0 or more. Modified: chosen rows reduce it. */
  need: Float64Array;
  candidates: Int32Array;
  count: number;
}

/** Reduces the need of a row's neighbours in proportion to their similarity to the row. */
export function reduceNeedAround(
  { starts, ids, weights }: Graph,
  need: Float64Array,
  row: number,
): void {
  for (let edge = starts[row]!; edge < starts[row + 1]!; edge++)
    need[ids[edge]!]! *= 1 - weights[edge]!;
}

/**
 * Chooses candidates by greedy weighted coverage. Each step takes the candidate with the largest
 * gain, Σ need · similarity over its neighbours, and reduces the need of those neighbours. The
 * covered sum is submodular, so greedy reaches at least 1 - 1/e of the optimum (Nemhauser, Wolsey &
 * Fisher 1978). Gains only fall, so old gains are upper bounds and few need an update (Minoux
 * 1978). With equal need everywhere this is ProbCover (Yehuda et al. 2022) with soft balls. With
 * uncertainty as the need it is information density (Settles & Craven 2008) with diversity.
 *
 * @returns at most `count` rows, in the order of choice
 */
export function coverGreedily({ graph, need, candidates, count }: CoverInput): Int32Array {
  const { starts, ids, weights } = graph;
  const gain = (row: number): number => {
    let sum = 0;
    for (let edge = starts[row]!; edge < starts[row + 1]!; edge++)
      sum += weights[edge]! * need[ids[edge]!]!;
    return sum;
  };
  const heap = Array.from(candidates, (row) => ({ row, gain: gain(row), round: 0 }));
  heap.sort((a, b) => b.gain - a.gain);
  const chosen: number[] = [];
  while (chosen.length < count && heap.length > 0) {
    const first = heap[0]!;
    if (first.round === chosen.length) {
      chosen.push(first.row);
      reduceNeedAround(graph, need, first.row);
      first.gain = -1;
      removeFirst(heap);
      continue;
    }
    first.gain = gain(first.row);
    first.round = chosen.length;
    siftDown(heap);
  }
  return Int32Array.from(chosen);
}

/** Restores the heap order after the first entry changed. */
function siftDown(heap: { gain: number; row: number }[]): void {
  const entry = heap[0]!;
  const precedes = (a: { gain: number; row: number }, b: { gain: number; row: number }) =>
    a.gain > b.gain || (a.gain === b.gain && a.row < b.row);
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && precedes(heap[child + 1]!, heap[child]!)) child++;
    if (!precedes(heap[child]!, entry)) break;
    heap[index] = heap[child]!;
    index = child;
  }
  heap[index] = entry;
}

function removeFirst(heap: { gain: number; row: number }[]): void {
  const last = heap.pop()!;
  if (heap.length === 0) return;
  heap[0] = last;
  siftDown(heap);
}
