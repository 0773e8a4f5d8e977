export type ScoreKey = 'name' | 'labels' | 'precision' | 'recall';

interface Score {
  class: { name: string };
  labels: number;
  precision: number | null;
  recall: number | null;
}

/** Smallest first; what is not known comes last. A new array. */
export function sortScores<T extends Score>(scores: readonly T[], by: ScoreKey): T[] {
  const byName = (a: T, b: T) => a.class.name.localeCompare(b.class.name);
  if (by === 'name') return [...scores].sort(byName);
  return [...scores].sort((a, b) => (a[by] ?? 2) - (b[by] ?? 2) || byName(a, b));
}
