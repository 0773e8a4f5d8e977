import type { Neighbours } from './neighbours';

/**
 * A sparse symmetric graph over rows, in compressed sparse row format. Every row has an edge of
 * weight 1 to itself.
 */
export interface Graph {
  rows: number;
  /** rows + 1 offsets: the edges of row r are `starts[r]` to `starts[r + 1] - 1`. */
  starts: Int32Array;
  /** The other row of each edge. */
  ids: Int32Array;
  /** Weight of each edge, above 0 and up to 1. */
  weights: Float32Array;
}

/**
 * Builds a symmetric graph of each row and its nearest neighbours.
 *
 * @param maxNeighbours neighbours used per row, at most
 * @param power edge weights are cosines to this power
 */
export function joinNeighbours(
  neighbours: Neighbours,
  maxNeighbours: number,
  power: number,
): Graph {
  const { rows, count, ids, similarity } = neighbours;
  const neighboursPerRow = Math.min(maxNeighbours, count);
  const edges = Array.from({ length: rows }, (_, row) => new Map<number, number>([[row, 1]]));
  for (let row = 0; row < rows; row++)
    for (let index = row * count; index < row * count + neighboursPerRow; index++) {
      const weight = Math.min(1, Math.max(0, similarity[index]!)) ** power;
      if (!(weight > 0)) continue;
      edges[row]!.set(ids[index]!, weight);
      edges[ids[index]!]!.set(row, weight);
    }
  const starts = new Int32Array(rows + 1);
  edges.forEach((rowEdges, row) => (starts[row + 1] = starts[row]! + rowEdges.size));
  const graph = {
    rows,
    starts,
    ids: new Int32Array(starts[rows]!),
    weights: new Float32Array(starts[rows]!),
  };
  edges.forEach((rowEdges, row) => {
    graph.ids.set([...rowEdges.keys()], starts[row]);
    graph.weights.set([...rowEdges.values()], starts[row]);
  });
  return graph;
}
