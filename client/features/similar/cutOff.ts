/**
 * Splits a ranking into two groups with Otsu's threshold, which maximises the variance between them.
 *
 * @param similarities in descending order
 * @returns the smallest similarity of the first group; without a difference, the smallest of all
 */
export function cutOffOf(similarities: readonly number[]): number {
  const last = similarities.at(-1) ?? 1;
  const total = similarities.reduce((sum, value) => sum + value, 0);
  let cutOff = last;
  let best = 1e-9;
  let above = 0;
  similarities.slice(0, -1).forEach((value, index) => {
    above += value;
    const [count, rest] = [index + 1, similarities.length - index - 1];
    const difference = above / count - (total - above) / rest;
    const between = count * rest * difference * difference;
    if (between <= best) return;
    best = between;
    cutOff = value;
  });
  return cutOff;
}
