import { GraphQLError } from 'graphql';

interface ExecutionBounds {
  values: number;
  seconds: number;
  /** What to do about an operation that was stopped. */
  advice: string;
  pause: () => Promise<void> | undefined;
  /** Does work that reads the database when it is the person's turn. */
  inTurn: <T>(work: () => Promise<T>) => Promise<T>;
}

/**
 * Bounds one operation while it runs: the values that it returns, and its time. When either is used
 * up, the operation is answered with an error at once, and no resolver starts any more.
 */
export class ExecutionBudget {
  private left: number;
  private error: GraphQLError | undefined;
  private stop: (error: GraphQLError) => void = () => {};
  private readonly timer: NodeJS.Timeout;

  /**
   * What a field gets when the budget is used up. An error in each of thousands of fields would take
   * seconds; a promise that nobody resolves takes nothing.
   */
  private readonly never = new Promise<never>(() => {});

  /** Resolves with the error if the budget is used up, otherwise never. */
  readonly exhausted = new Promise<GraphQLError>((resolve) => (this.stop = resolve));

  /** Waits for the event loop (see EventLoopShare). Returns undefined if the operation may go on. */
  readonly pause: ExecutionBounds['pause'];
  readonly inTurn: ExecutionBounds['inTurn'];
  private readonly since = performance.now();

  constructor({ values, seconds, advice, pause, inTurn }: ExecutionBounds) {
    this.left = values;
    this.values = values;
    this.pause = pause;
    this.inTurn = inTurn;
    this.timer = setTimeout(
      () => this.exhaust(`The operation took longer than ${seconds} s and was stopped. ${advice}`),
      seconds * 1_000,
    ).unref();
  }

  private readonly values: number;

  /**
   * Counts values that a field returns. Undefined while the budget lasts, then a promise that the
   * field has to return.
   */
  spend(values: number): Promise<never> | undefined {
    this.left -= values;
    if (this.left < 0)
      this.exhaust(
        `The operation returned more than ${this.values} values and was stopped. Request smaller pages.`,
      );
    return this.error && this.never;
  }

  /** Seconds since the operation began. */
  get seconds(): number {
    return (performance.now() - this.since) / 1_000;
  }

  end(): void {
    clearTimeout(this.timer);
  }

  private exhaust(message: string): void {
    this.error ??= new GraphQLError(message, { extensions: { code: 'OPERATION_STOPPED' } });
    this.stop(this.error);
  }
}
