import type { RunClass } from '../run.ports';
import type { ConfusionRecord } from './runReport.entity';

/** Precision and recall of every class in the confusion matrix. The class with the most labels comes first. */
export function runClasses(cells: readonly ConfusionRecord[]): RunClass[] {
  const counts = new Map<string, { labels: number; predicted: number; correct: number }>();
  const countsOf = (id: string) => {
    const classCounts = counts.get(id) ?? { labels: 0, predicted: 0, correct: 0 };
    counts.set(id, classCounts);
    return classCounts;
  };
  for (const { classId, predictedClassId, count } of cells) {
    countsOf(classId).labels += count;
    countsOf(predictedClassId).predicted += count;
    if (classId === predictedClassId) countsOf(classId).correct += count;
  }
  const share = (part: number, whole: number) => (whole > 0 ? part / whole : null);
  return [...counts]
    .map(([classId, { labels, predicted, correct }]) => ({
      classId,
      labels,
      precision: share(correct, predicted),
      recall: share(correct, labels),
    }))
    .sort((a, b) => b.labels - a.labels);
}
