import { clusterRows } from '../kmeans';
import { takeRows } from '../sketch';
import type { Strategy } from '../state';
import { coverOrder } from '../typiclust';

/** More clusters cost seconds and change little. */
const maxClusters = 512;

/** TypiClust on the sketch, as many clusters as there will be labels (see `coverOrder`). */
export const typiclust: Strategy = async (state, count) => {
  const { candidates, labelled, leased = new Int32Array(0), seed } = state;
  const rows = Int32Array.from(new Set([...labelled, ...candidates]));
  const { values, width } = await state.pool.sketch();
  const sketch = takeRows(values, width, rows);
  const shape = { rows: rows.length, dimensions: width, sketch, sketchDimensions: width };
  const known = labelled.length + leased.length;
  const clusters = Math.min(maxClusters, known + count);
  const clustering = await clusterRows({ ...shape, features: sketch, clusters, seed });
  const taken = new Set([...labelled, ...leased]);
  const isCandidate = (at: number): boolean => !taken.has(rows[at]!);
  const order = coverOrder({ sketch, dimensions: width, ...clustering, isCandidate });
  return Int32Array.from(order.slice(0, Math.max(0, count)), (at) => rows[at]!);
};
