import { cosine } from '../sketch';
import { openRows, type Strategy } from '../state';

/**
 * Chooses rows by k-center greedy: each step takes the row farthest from all labelled, leased and
 * chosen rows (Gonzalez 1985; Sener & Savarese 2018, "core-set"). Distances are 1 - cosine of the
 * sketch.
 */
export const kCenter: Strategy = async (state, count) => {
  const sketch = await state.pool.sketch();
  const rows = openRows(state);
  const nearest = new Float64Array(rows.length).fill(Infinity);
  const addCentre = (centre: number): void =>
    rows.forEach((row, index) => {
      nearest[index] = Math.min(nearest[index]!, 1 - cosine(sketch, row, centre));
    });
  for (const row of state.labelled) addCentre(row);
  for (const row of state.leased ?? []) addCentre(row);
  const chosen: number[] = [];
  while (chosen.length < Math.min(count, rows.length)) {
    let best = 0;
    for (let index = 1; index < rows.length; index++)
      if (nearest[index]! > nearest[best]!) best = index;
    chosen.push(rows[best]!);
    addCentre(rows[best]!);
    nearest[best] = -Infinity;
  }
  return Int32Array.from(chosen);
};
