import { seededRandom } from '../../numeric/random';
import { cosine } from '../sketch';
import { openRows, type RowScores, type Strategy } from '../state';

/** Computes the inner product of two rows' errors p - e(ŷ) over the most probable classes. */
function errorProduct({ top, topConfidence, topCount }: RowScores, a: number, b: number): number {
  let sum = 0;
  for (let i = 0; i < topCount; i++)
    for (let j = 0; j < topCount; j++) {
      if (top[a * topCount + i] !== top[b * topCount + j]) continue;
      const error = topConfidence[a * topCount + i]! - (i === 0 ? 1 : 0);
      sum += error * (topConfidence[b * topCount + j]! - (j === 0 ? 1 : 0));
    }
  return sum;
}

/**
 * Chooses rows by BADGE (Ash et al. 2020): k-means++ on the loss gradients that rows would have if
 * their predictions were correct, g = (p - e(ŷ)) ⊗ x. Inner products factorise as
 * ⟨g, h⟩ = ⟨p - e, q - f⟩·⟨x, y⟩, so the classes × dimensions gradients are never computed.
 */
export const badge: Strategy = async (state, count) => {
  const { scores, seed, labelled } = state;
  const rows = openRows(state);
  if (!scores) return rows.slice(0, Math.max(0, count));
  const sketch = await state.pool.sketch();
  const random = seededRandom(`badge ${seed} ${labelled.length}`);
  const norms = Float64Array.from(rows, (row) => errorProduct(scores, row, row));
  const weights = norms.slice();
  const chosen: number[] = [];
  while (chosen.length < Math.min(count, rows.length)) {
    const total = weights.reduce((sum, weight) => sum + Math.max(0, weight), 0);
    let remaining = random.next() * total;
    let picked = weights.findIndex((weight) => weight > 0 && (remaining -= weight) <= 0);
    if (picked < 0) picked = weights.findIndex((weight) => weight >= 0);
    const centre = rows[picked]!;
    chosen.push(centre);
    rows.forEach((row, index) => {
      if (weights[index]! < 0) return;
      const product = errorProduct(scores, row, centre) * cosine(sketch, row, centre);
      weights[index] = Math.min(
        weights[index]!,
        Math.max(0, norms[index]! + norms[picked]! - 2 * product),
      );
    });
    weights[picked] = -1;
  }
  return Int32Array.from(chosen);
};
