import { squaredDistance } from './project';

const neighbours = 20;
const comparedMembers = 300;

/** Mean distance from a row to its nearest fellows; small is typical. */
function meanDistance(
  row: number,
  fellows: readonly number[],
  sketch: Float32Array,
  dimensions: number,
): number {
  const distances = fellows
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
  /** Whether a row may be asked about; the others count as labelled. */
  isCandidate: (row: number) => boolean;
}

/**
 * TypiClust (Hacohen, Dekel & Weinshall 2022): the most typical row of the largest cluster without a
 * label, then of the next, and round again. Typical is the row nearest to its 20 nearest neighbours
 * in the cluster. Very large clusters are compared with an even sample of themselves.
 *
 * @returns all candidate rows in the order to ask
 */
export function coverOrder(input: CoverInput): number[] {
  const { sketch, dimensions, assignment, clusters, isCandidate } = input;
  const members = Array.from({ length: clusters }, (): number[] => []);
  assignment.forEach((cluster, row) => members[cluster]!.push(row));
  const entries = members.flatMap((rows) => {
    const every = Math.ceil(rows.length / comparedMembers);
    const fellows = rows.filter((_, at) => at % every === 0);
    const candidates = rows
      .filter(isCandidate)
      .map((row) => ({ row, meanDistance: meanDistance(row, fellows, sketch, dimensions) }))
      .sort((a, b) => a.meanDistance - b.meanDistance || a.row - b.row);
    const labelled = rows.length - candidates.length;
    return candidates.map(({ row }, at) => ({ row, level: labelled + at, size: rows.length }));
  });
  entries.sort((a, b) => a.level - b.level || b.size - a.size || a.row - b.row);
  return entries.map(({ row }) => row);
}
