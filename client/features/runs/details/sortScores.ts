export type ScoreKey = 'name' | 'labels' | 'precision' | 'recall';

interface Score {
  class: { name: string };
  labels: number;
  precision: number | null;
  recall: number | null;
}

/** Returns the scores in ascending order. Unknown values come last. */
export function sortScores<T extends Score>(scores: readonly T[], by: ScoreKey): T[] {
  const byName = (a: T, b: T) => a.class.name.localeCompare(b.class.name);
  if (by === 'name') return [...scores].sort(byName);
  return [...scores].sort((a, b) => (a[by] ?? 2) - (b[by] ?? 2) || byName(a, b));
}
