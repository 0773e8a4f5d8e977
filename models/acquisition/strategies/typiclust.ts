import { clusterRows } from '../kmeans';
import { takeRows } from '../sketch';
import type { Strategy } from '../state';
import { coverOrder } from '../typiclust';

/** More clusters take seconds longer and change little. */
const maxClusters = 512;

/** Chooses rows by TypiClust on the sketch, with one cluster per expected label (`coverOrder`). */
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
  const isCandidate = (index: number): boolean => !taken.has(rows[index]!);
  const order = coverOrder({ sketch, dimensions: width, ...clustering, isCandidate });
  return Int32Array.from(order.slice(0, Math.max(0, count)), (index) => rows[index]!);
};
