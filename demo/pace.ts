/**
 * Hands out the budget in blocks of `every` labels. Nobody labels while the run that a block
 * started is not yet published, so each run is fitted on exactly the labels of the blocks before
 * it.
 */
export class Pace {
  private reserved = 0;
  private recorded = 0;
  private blockEnd: number;
  private waiting: (() => void)[] = [];
  private failure: Error | undefined;

  constructor(
    readonly budget: number,
    private readonly every: number,
    /** Resolves when the run after a full block is published and measured. */
    private readonly afterBlock: (recorded: number) => Promise<void>,
  ) {
    this.blockEnd = Math.min(every, budget);
  }

  get labels(): number {
    return this.recorded;
  }

  get failed(): boolean {
    return this.failure !== undefined;
  }

  /**
   * Returns how many labels the caller may give now, at least one, or 0 when the budget is spent.
   * Waits for the next block.
   */
  async reserve(wanted: number): Promise<number> {
    for (;;) {
      if (this.failure) throw this.failure;
      if (this.recorded >= this.budget) return 0;
      const granted = Math.min(wanted, this.blockEnd - this.reserved);
      if (granted > 0) {
        this.reserved += granted;
        return granted;
      }
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  /** Returns reserved labels that were not used, so that others can give them. */
  giveBack(count: number): void {
    this.reserved -= count;
    if (count > 0) this.wakeAll();
  }

  recordedOne(): void {
    this.recorded++;
    if (this.recorded < this.blockEnd) return;
    const isFullBlock = this.recorded % this.every === 0;
    const next = isFullBlock ? this.afterBlock(this.recorded) : Promise.resolve();
    next.then(
      () => {
        this.blockEnd = Math.min(this.blockEnd + this.every, this.budget);
        this.wakeAll();
      },
      (error: Error) => this.fail(error),
    );
  }

  /** Ends all waiting with an error. */
  fail(error: Error): void {
    this.failure ??= error;
    this.wakeAll();
  }

  private wakeAll(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const wake of waiting) wake();
  }
}
