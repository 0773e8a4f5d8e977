export interface TurnLimits {
  /** Pieces of work of one subject that run at once. */
  running: number;
  /** Pieces of work of one subject that wait. */
  waiting: number;
}

interface TurnOptions extends TurnLimits {
  /** The error for one more than may wait. */
  refuse: (limits: TurnLimits) => Error;
}

interface Subject {
  running: number;
  waiting: (() => void)[];
}

/**
 * Lets each subject run a few pieces of work at once and keeps the others waiting in the order of
 * the calls. Subjects do not wait for each other.
 */
export class TurnQueue {
  private readonly subjects = new Map<string, Subject>();

  constructor(private readonly options: TurnOptions) {}

  /** Does the work of each subject one at a time, however much of it waits. */
  static oneByOne(): TurnQueue {
    return new TurnQueue({ running: 1, waiting: Infinity, refuse: () => new Error('never full') });
  }

  /** Does the work when it is the subject's turn. @throws the error of a full queue */
  async run<T>(id: string, work: () => Promise<T>): Promise<T> {
    const end = await this.take(id);
    try {
      return await work();
    } finally {
      end();
    }
  }

  /**
   * Resolves when it is the subject's turn. Call the result once to end the turn.
   *
   * @throws the error of a full queue
   */
  async take(id: string): Promise<() => void> {
    const { options } = this;
    const subject = this.subjects.get(id) ?? { running: 0, waiting: [] };
    this.subjects.set(id, subject);
    if (subject.running < options.running) subject.running++;
    else if (subject.waiting.length >= options.waiting) throw options.refuse(options);
    else await new Promise<void>((resolve) => subject.waiting.push(resolve));
    let ended = false;
    return () => {
      if (!ended) this.end(id, subject);
      ended = true;
    };
  }

  private end(id: string, subject: Subject): void {
    const next = subject.waiting.shift();
    // The turn passes on, so the number of running ones stays.
    if (next) return next();
    if (--subject.running === 0) this.subjects.delete(id);
  }
}
