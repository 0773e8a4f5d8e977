import { cosine } from '../sketch';
import { openRows, type Strategy } from '../state';

/**
 * Farthest first: again and again the row farthest from all that are labelled, leased or chosen
 * (Gonzalez 1985; Sener & Savarese 2018, "core-set"). Distances by the sketch's cosine.
 */
export const kCenter: Strategy = async (state, count) => {
  const sketch = await state.pool.sketch();
  const rows = openRows(state);
  const nearest = new Float64Array(rows.length).fill(Infinity);
  const add = (centre: number): void =>
    rows.forEach((row, at) => {
      nearest[at] = Math.min(nearest[at]!, 1 - cosine(sketch, row, centre));
    });
  for (const row of state.labelled) add(row);
  for (const row of state.leased ?? []) add(row);
  const chosen: number[] = [];
  while (chosen.length < Math.min(count, rows.length)) {
    let best = 0;
    for (let at = 1; at < rows.length; at++) if (nearest[at]! > nearest[best]!) best = at;
    chosen.push(rows[best]!);
    add(rows[best]!);
    nearest[best] = -Infinity;
  }
  return Int32Array.from(chosen);
};
