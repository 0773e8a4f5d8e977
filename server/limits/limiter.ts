import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { DataSource } from 'typeorm';
import { RateLimitedError } from '../domain/errors';
import { defaultBudgets, type Budget, type BudgetName, type Budgets } from './budgets';
import { MemoryCounters } from './memoryCounters';
import type { Subjects } from './subjects';

/** Counters of one budget in memory. Each takes about 300 bytes. */
const maxSubjectsInMemory = 5_000;

interface Counters {
  /** @throws RateLimiterRes when the budget is spent, another error if the counters cannot be read */
  consume(key: string, points: number): Promise<RateLimiterRes>;
}

export interface LimiterOptions {
  budgets?: Budgets;
  /** Where several API processes count together. Without it, each counts for itself. */
  dataSource?: DataSource | undefined;
}

/**
 * Says how often something may happen. It is the only limiter: another limit is another budget.
 */
export class Limiter {
  private readonly budgets: Budgets;
  private readonly counters = new Map<BudgetName, Counters>();

  constructor({ budgets = defaultBudgets, dataSource }: LimiterOptions = {}) {
    this.budgets = budgets;
    for (const name of Object.keys(budgets) as BudgetName[])
      this.counters.set(name, countersOf(name, budgets[name], dataSource));
  }

  /**
   * Spends points of a budget. If the request has no subject of the budget's kind, the budget counts
   * for its address. Requests without an address share one budget.
   *
   * @throws RateLimitedError
   */
  async spend(name: BudgetName, subjects: Subjects, points = 1): Promise<void> {
    const budget = this.budgets[name];
    const key = subjects[budget.per] ?? subjects.address ?? 'unknown';
    try {
      await this.counters.get(name)!.consume(key, points);
    } catch (error) {
      // If the counters cannot be read, the request fails.
      if (!(error instanceof RateLimiterRes)) throw error;
      const retryAfterSeconds = Math.max(1, Math.ceil(error.msBeforeNext / 1_000));
      throw new RateLimitedError(budget, error.consumedPoints, retryAfterSeconds);
    }
  }
}

function countersOf(
  name: BudgetName,
  { points, seconds, together }: Budget,
  dataSource: DataSource | undefined,
): Counters {
  const options = { keyPrefix: name, points, duration: seconds };
  if (!together || !dataSource) return new MemoryCounters(options, maxSubjectsInMemory);
  return new RateLimiterPostgres({
    ...options,
    storeClient: dataSource,
    storeType: 'typeorm',
    tableName: 'rate_counter',
    tableCreated: true,
    clearExpiredByTimeout: false,
    // A spent budget is refused without a database query.
    inMemoryBlockOnConsumed: points,
  });
}
