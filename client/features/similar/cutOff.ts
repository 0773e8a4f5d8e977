/**
 * Where a ranking falls into two parts that differ most (Otsu's threshold: the largest variance between the parts):
 * those that belong together, and the rest.
 *
 * @param similarities falling
 * @returns the smallest similarity of the first part; without a difference, that of the last
 */
export function cutOffOf(similarities: readonly number[]): number {
  const last = similarities.at(-1) ?? 1;
  const total = similarities.reduce((sum, value) => sum + value, 0);
  let cut = last;
  let best = 1e-9;
  let above = 0;
  similarities.slice(0, -1).forEach((value, index) => {
    above += value;
    const [count, rest] = [index + 1, similarities.length - index - 1];
    const difference = above / count - (total - above) / rest;
    const between = count * rest * difference * difference;
    if (between <= best) return;
    best = between;
    cut = value;
  });
  return cut;
}
