import type { Neighbours } from './neighbours';

/** A sparse symmetric graph over rows, in compressed rows; every row is joined to itself by 1. */
export interface Graph {
  rows: number;
  /** rows + 1: where each row's edges begin. */
  starts: Int32Array;
  ids: Int32Array;
  /** Weight of each edge, over 0 to 1. */
  weights: Float32Array;
}

/** Edges between each row and its `most` nearest, either way, weighed by cosine to the `power`. */
export function joinNeighbours(neighbours: Neighbours, most: number, power: number): Graph {
  const { rows, count, ids, similarity } = neighbours;
  const near = Math.min(most, count);
  const edges = Array.from({ length: rows }, (_, row) => new Map<number, number>([[row, 1]]));
  for (let row = 0; row < rows; row++)
    for (let at = row * count; at < row * count + near; at++) {
      const weight = Math.min(1, Math.max(0, similarity[at]!)) ** power;
      if (!(weight > 0)) continue;
      edges[row]!.set(ids[at]!, weight);
      edges[ids[at]!]!.set(row, weight);
    }
  const starts = new Int32Array(rows + 1);
  edges.forEach((own, row) => (starts[row + 1] = starts[row]! + own.size));
  const graph = {
    rows,
    starts,
    ids: new Int32Array(starts[rows]!),
    weights: new Float32Array(starts[rows]!),
  };
  edges.forEach((own, row) => {
    graph.ids.set([...own.keys()], starts[row]);
    graph.weights.set([...own.values()], starts[row]);
  });
  return graph;
}
