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

/** Array.sort is stable: equal counts keep the order that the team gave. */
export const sortedClasses = <T extends ClassCount>(classes: readonly T[], sort: ClassSort): T[] =>
  [...classes].sort(by[sort]);

/** The longest bar, which the others are drawn against. */
export const longestBar = (classes: readonly ClassCount[]) =>
  Math.max(1, ...classes.map((each) => each.labelledCount + each.predictedCount));
