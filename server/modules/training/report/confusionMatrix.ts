import type { RunClass } from '../run.ports';
import type { ConfusionRecord } from './runReport.entity';

/** The confusion matrix of a run, without its empty cells. */
export class ConfusionMatrix {
  private perClass?: RunClass[];
  private largestFirst?: ConfusionRecord[];

  constructor(private readonly cells: readonly ConfusionRecord[] = []) {}

  /** All cells in stored order. If there are more than `count`, the largest. */
  largest(count: number): readonly ConfusionRecord[] {
    if (this.cells.length <= count) return this.cells;
    this.largestFirst ??= [...this.cells].sort((a, b) => b.count - a.count);
    return this.largestFirst.slice(0, Math.max(0, count));
  }

  /** Precision and recall of every class. The class with the most labels comes first. */
  get classes(): RunClass[] {
    return (this.perClass ??= classesOf(this.cells));
  }
}

function classesOf(cells: readonly ConfusionRecord[]): RunClass[] {
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
