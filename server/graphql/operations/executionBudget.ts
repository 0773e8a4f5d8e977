import { GraphQLError } from 'graphql';

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

  constructor({ values, seconds, advice }: { values: number; seconds: number; advice: string }) {
    this.left = values;
    this.values = values;
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

  end(): void {
    clearTimeout(this.timer);
  }

  private exhaust(message: string): void {
    this.error ??= new GraphQLError(message, { extensions: { code: 'OPERATION_STOPPED' } });
    this.stop(this.error);
  }
}
