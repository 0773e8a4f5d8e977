/** What a budget counts for: one person, one session, or one address. */
export type SubjectKind = 'person' | 'session' | 'address';

export interface Budget {
  /** What is counted, in the plural, as in “The limit is 100 new datasets in 1 hour”. */
  readonly what: string;
  readonly per: SubjectKind;
  readonly points: number;
  readonly seconds: number;
  /** Whether all API processes count together. Otherwise each process counts for itself. */
  readonly together: boolean;
}

const minute = 60;
const hour = 3_600;

/**
 * How often something may happen. A budget per address allows for a company of 30 people, ten
 * scripts and a hundred simulated annotators behind one address. Operators change a budget with
 * `LABELLOOP_LIMITS`.
 */
const defaults = {
  signIns: {
    what: 'sign-ins from one address',
    ...{ per: 'address', points: 600, seconds: 10 * minute, together: true },
  },
  newPeople: {
    what: 'new people from one address',
    ...{ per: 'address', points: 500, seconds: hour, together: true },
  },
  datasets: {
    what: 'new datasets',
    ...{ per: 'person', points: 100, seconds: hour, together: true },
  },
  datasetsFromAddress: {
    what: 'new datasets from one address',
    ...{ per: 'address', points: 500, seconds: hour, together: true },
  },
  classes: {
    what: 'new classes',
    ...{ per: 'person', points: 2_000, seconds: hour, together: true },
  },
  goldImages: {
    what: 'changes of gold images',
    ...{ per: 'person', points: 2_000, seconds: hour, together: true },
  },
  runs: {
    what: 'started runs',
    ...{ per: 'person', points: 200, seconds: hour, together: true },
  },
  backboneChanges: {
    what: 'changes of a backbone',
    ...{ per: 'person', points: 60, seconds: hour, together: true },
  },
  restorations: {
    what: 'restored runs',
    ...{ per: 'person', points: 200, seconds: hour, together: true },
  },
  certificates: {
    what: 'started certificates',
    ...{ per: 'person', points: 60, seconds: hour, together: true },
  },
  exports: {
    what: 'new exports',
    ...{ per: 'person', points: 60, seconds: hour, together: true },
  },
  // The following protect the process that answers, so it counts for itself.
  uploadCalls: {
    what: 'calls of createUploads',
    ...{ per: 'person', points: 600, seconds: minute, together: false },
  },
  otherChanges: {
    what: 'changes',
    ...{ per: 'person', points: 1_200, seconds: minute, together: false },
  },
  certificatePlans: {
    what: 'planned certificates',
    ...{ per: 'person', points: 240, seconds: minute, together: false },
  },
  comparisons: {
    what: 'comparisons of runs',
    ...{ per: 'person', points: 240, seconds: minute, together: false },
  },
  similarSearches: {
    what: 'searches for similar images',
    ...{ per: 'person', points: 120, seconds: minute, together: false },
  },
  explanations: {
    what: 'explained predictions',
    ...{ per: 'person', points: 600, seconds: minute, together: false },
  },
} as const satisfies Record<string, Budget>;

export type BudgetName = keyof typeof defaults;
export type Budgets = Readonly<Record<BudgetName, Budget>>;

export const defaultBudgets: Budgets = defaults;

const isBudgetName = (name: string): name is BudgetName => Object.hasOwn(defaults, name);

/**
 * Reads changes such as `datasets=20/3600 signIns=100/600`: points and seconds.
 *
 * @throws Error naming the part that is wrong
 */
export function parseBudgets(text: string): Budgets {
  const changed: Record<BudgetName, Budget> = { ...defaults };
  for (const part of text.split(/[ ,]/).filter(Boolean)) {
    const [name = '', value = '', ...more] = part.split('=');
    const [points = 0, seconds = 0, ...rest] = value.split('/').map(Number);
    if (!isBudgetName(name))
      throw new Error(`there is no limit "${name}"; there are ${Object.keys(defaults).join(', ')}`);
    const isWhole = [points, seconds].every((each) => Number.isInteger(each) && each >= 1);
    if (!isWhole || seconds > 30 * 24 * hour || rest.length + more.length > 0)
      throw new Error(`"${part}" is not like ${name}=100/3600 (100 in 3600 seconds)`);
    changed[name] = { ...changed[name], points, seconds };
  }
  return changed;
}
