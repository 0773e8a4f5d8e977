import { seededRandom } from '../../numeric/random';
import { scoreHead } from '../../training/score';
import { clusterRows } from '../kmeans';
import { takeRows } from '../sketch';
import { highestRows, openRows, type AcquisitionState, type Strategy } from '../state';

const drops = 3;
const dropShare = 0.75;
const minChangedShare = 0.5;

/** Measures how often the prediction changes when three quarters of the features are dropped. */
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
    rows.forEach((row, index) => {
      if (classIndex[index] !== scores.top[row * scores.topCount]) changed[index]! += 1 / drops;
    });
  }
  return changed;
}

/**
 * Chooses rows by DropQuery (Gupte et al. 2024): it clusters the rows whose prediction changes
 * under feature dropout into `count` clusters and takes the most central row of each.
 */
export const dropQuery: Strategy = async (state, count) => {
  const rows = openRows(state);
  const changed = await changedShare(state, rows);
  const unstable = rows.filter((_, index) => changed[index]! > minChangedShare);
  const clustered = unstable.length >= count ? unstable : rows;
  const { values, width } = await state.pool.sketch();
  const sketch = takeRows(values, width, clustered);
  const { assignment, clusters } = await clusterRows({
    features: sketch,
    rows: clustered.length,
    dimensions: width,
    sketch,
    sketchDimensions: width,
    clusters: count,
    seed: state.seed,
  });
  const sums = new Float64Array(clusters * width);
  assignment.forEach((cluster, index) => {
    for (let j = 0; j < width; j++) sums[cluster * width + j]! += sketch[index * width + j]!;
  });
  const central = new Map<number, { row: number; value: number }>();
  assignment.forEach((cluster, index) => {
    let value = 0;
    for (let j = 0; j < width; j++)
      value += sums[cluster * width + j]! * sketch[index * width + j]!;
    const best = central.get(cluster);
    if (!best || value > best.value) central.set(cluster, { row: clustered[index]!, value });
  });
  const chosen = Int32Array.from(central.values(), ({ row }) => row).subarray(0, count);
  const chosenRows = new Set(chosen);
  const rest = rows.filter((row) => !chosenRows.has(row));
  const positions = new Map(Array.from(rows, (row, index) => [row, index]));
  const fill = highestRows(rest, (row) => changed[positions.get(row)!]!, count - chosen.length);
  return Int32Array.from([...chosen, ...fill]);
};
