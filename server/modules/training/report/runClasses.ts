import type { RunClass } from '../run.ports';
import type { ConfusionRecord } from './runReport.entity';

/** Precision and recall of every class that the cells speak of, most labels first. */
export function runClasses(cells: readonly ConfusionRecord[]): RunClass[] {
  const counts = new Map<string, { labels: number; predicted: number; right: number }>();
  const of = (id: string) => {
    const known = counts.get(id) ?? { labels: 0, predicted: 0, right: 0 };
    counts.set(id, known);
    return known;
  };
  for (const { classId, predictedClassId, count } of cells) {
    of(classId).labels += count;
    of(predictedClassId).predicted += count;
    if (classId === predictedClassId) of(classId).right += count;
  }
  const share = (part: number, whole: number) => (whole > 0 ? part / whole : null);
  return [...counts]
    .map(([classId, { labels, predicted, right }]) => ({
      classId,
      labels,
      precision: share(right, predicted),
      recall: share(right, labels),
    }))
    .sort((a, b) => b.labels - a.labels);
}
