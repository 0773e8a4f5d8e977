export interface ClassCount {
  id: string;
  name: string;
  color: string;
  labelledCount: number;
  predictedCount: number;
}

export type ClassSort = 'order' | 'most' | 'fewest' | 'name';

const by: Record<ClassSort, (a: ClassCount, b: ClassCount) => number> = {
  order: () => 0,
  most: (a, b) => b.labelledCount - a.labelledCount || b.predictedCount - a.predictedCount,
  fewest: (a, b) => a.labelledCount - b.labelledCount || b.predictedCount - a.predictedCount,
  name: (a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }),
};

/** Sorts the classes. Classes with equal counts keep the order of the dataset. */
export const sortedClasses = <T extends ClassCount>(classes: readonly T[], sort: ClassSort): T[] =>
  [...classes].sort(by[sort]);

/** Returns the length of the longest bar, at least 1. Bars are drawn relative to it. */
export const maxBarLength = (classes: readonly ClassCount[]) =>
  Math.max(1, ...classes.map((each) => each.labelledCount + each.predictedCount));
