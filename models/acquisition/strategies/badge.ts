import { seededRandom } from '../../numeric/random';
import { cosine } from '../sketch';
import { openRows, type RowScores, type Strategy } from '../state';

/** Inner product of two rows' p - e(ŷ), from the most probable classes alone. */
function errorProduct({ top, topConfidence, topCount }: RowScores, a: number, b: number): number {
  let sum = 0;
  for (let i = 0; i < topCount; i++)
    for (let j = 0; j < topCount; j++) {
      if (top[a * topCount + i] !== top[b * topCount + j]) continue;
      const left = topConfidence[a * topCount + i]! - (i === 0 ? 1 : 0);
      sum += left * (topConfidence[b * topCount + j]! - (j === 0 ? 1 : 0));
    }
  return sum;
}

/**
 * BADGE (Ash et al. 2020): k-means++ on the gradients a row would give if its prediction were
 * right, g = (p - e(ŷ)) ⊗ x. The products factorise, ⟨g, h⟩ = ⟨p - e, q - f⟩·⟨x, y⟩, so the
 * classes × dimensions values of a gradient are never written out.
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
    let left = random.next() * total;
    let pick = weights.findIndex((weight) => weight > 0 && (left -= weight) <= 0);
    if (pick < 0) pick = weights.findIndex((weight) => weight >= 0);
    const centre = rows[pick]!;
    chosen.push(centre);
    rows.forEach((row, at) => {
      if (weights[at]! < 0) return;
      const product = errorProduct(scores, row, centre) * cosine(sketch, row, centre);
      weights[at] = Math.min(weights[at]!, Math.max(0, norms[at]! + norms[pick]! - 2 * product));
    });
    weights[pick] = -1;
  }
  return Int32Array.from(chosen);
};
