import { squaredDistance } from './project';

const neighbours = 20;
/** Members of a cluster that a row is compared with, at most. */
const comparedMembers = 300;

/**
 * Computes the mean distance of a row to its nearest cluster members. Typical rows have small ones.
 */
function meanDistance(
  row: number,
  clusterMembers: readonly number[],
  sketch: Float32Array,
  dimensions: number,
): number {
  const distances = clusterMembers
    .map((other) => squaredDistance(sketch, dimensions, row, other))
    .sort((a, b) => a - b);
  const nearest = distances.slice(1, 1 + neighbours);
  return nearest.reduce((sum, d) => sum + Math.sqrt(d), 0) / Math.max(1, nearest.length);
}

export interface CoverInput {
  /** rows × dimensions, row-major. */
  sketch: Float32Array;
  dimensions: number;
  /** The cluster of each row. */
  assignment: Int32Array;
  clusters: number;
  /** Whether a row can be chosen. Other rows count as labelled. */
  isCandidate: (row: number) => boolean;
}

/**
 * Orders candidates by TypiClust (Hacohen, Dekel & Weinshall 2022). It takes the most typical row
 * of each cluster, starting with clusters that have few labels and then with the largest, and
 * repeats. The most typical row has the smallest mean distance to its 20 nearest neighbours in the
 * cluster. Rows of very large clusters are compared with an evenly spaced sample of members.
 *
 * @returns all candidate rows in queue order
 */
export function coverOrder(input: CoverInput): number[] {
  const { sketch, dimensions, assignment, clusters, isCandidate } = input;
  const members = Array.from({ length: clusters }, (): number[] => []);
  assignment.forEach((cluster, row) => members[cluster]!.push(row));
  const entries = members.flatMap((rows) => {
    const step = Math.ceil(rows.length / comparedMembers);
    const clusterMembers = rows.filter((_, index) => index % step === 0);
    const candidates = rows
      .filter(isCandidate)
      .map((row) => ({ row, meanDistance: meanDistance(row, clusterMembers, sketch, dimensions) }))
      .sort((a, b) => a.meanDistance - b.meanDistance || a.row - b.row);
    const labelled = rows.length - candidates.length;
    return candidates.map(({ row }, index) => ({ row, rank: labelled + index, size: rows.length }));
  });
  entries.sort((a, b) => a.rank - b.rank || b.size - a.size || a.row - b.row);
  return entries.map(({ row }) => row);
}
