import { seededRandom } from '../../numeric/random';
import { scoreHead } from '../../training/score';
import { clusterRows } from '../kmeans';
import { takeRows } from '../sketch';
import { highest, openRows, type AcquisitionState, type Strategy } from '../state';

const drops = 3;
const dropShare = 0.75;
const minChangedShare = 0.5;

/** How often the head says something else once three quarters of the features are dropped. */
async function changedShare(state: AcquisitionState, rows: Int32Array): Promise<Float64Array> {
  const { head, scores, pool, classes, seed, labelled } = state;
  const changed = new Float64Array(rows.length);
  if (!head || !scores) return changed;
  const features = await state.read(rows);
  const random = seededRandom(`drop ${seed} ${labelled.length}`);
  for (let drop = 0; drop < drops; drop++) {
    const dropped = features.map((value) =>
      random.next() < dropShare ? 0 : value / (1 - dropShare),
    );
    const { classIndex } = await scoreHead({
      head,
      classes,
      dimensions: pool.dimensions,
      features: dropped,
      rows: rows.length,
    });
    rows.forEach((row, at) => {
      if (classIndex[at] !== scores.top[row * scores.topCount]) changed[at]! += 1 / drops;
    });
  }
  return changed;
}

/**
 * DropQuery (Gupte et al. 2024): rows whose prediction does not survive dropout on the features,
 * one from the middle of each of `count` clusters of them.
 */
export const dropQuery: Strategy = async (state, count) => {
  const rows = openRows(state);
  const changed = await changedShare(state, rows);
  const unsure = rows.filter((_, at) => changed[at]! > minChangedShare);
  const among = unsure.length >= count ? unsure : rows;
  const { values, width } = await state.pool.sketch();
  const sketch = takeRows(values, width, among);
  const { assignment, clusters } = await clusterRows({
    features: sketch,
    rows: among.length,
    dimensions: width,
    sketch,
    sketchDimensions: width,
    clusters: count,
    seed: state.seed,
  });
  const sums = new Float64Array(clusters * width);
  assignment.forEach((cluster, at) => {
    for (let j = 0; j < width; j++) sums[cluster * width + j]! += sketch[at * width + j]!;
  });
  const middle = new Map<number, { row: number; value: number }>();
  assignment.forEach((cluster, at) => {
    let value = 0;
    for (let j = 0; j < width; j++) value += sums[cluster * width + j]! * sketch[at * width + j]!;
    const best = middle.get(cluster);
    if (!best || value > best.value) middle.set(cluster, { row: among[at]!, value });
  });
  const chosen = Int32Array.from(middle.values(), ({ row }) => row).subarray(0, count);
  const taken = new Set(chosen);
  const rest = rows.filter((row) => !taken.has(row));
  const places = new Map(Array.from(rows, (row, at) => [row, at]));
  const more = highest(rest, (row) => changed[places.get(row)!]!, count - chosen.length);
  return Int32Array.from([...chosen, ...more]);
};
