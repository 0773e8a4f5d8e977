import { GraphQLError } from 'graphql';

export interface TurnLimits {
  /** Operations of one person that run at once. */
  running: number;
  /** Operations of one person that wait. */
  waiting: number;
}

interface Subject {
  running: number;
  waiting: (() => void)[];
}

/**
 * Lets each person run a few operations at once and keeps the others waiting in order. Persons do
 * not wait for each other.
 */
export class TurnQueue {
  private readonly subjects = new Map<string, Subject>();

  constructor(private readonly limits: TurnLimits) {}

  /** Resolves when it is the subject's turn. Call the result once to end the turn. @throws GraphQLError */
  async take(id: string): Promise<() => void> {
    const subject = this.subjects.get(id) ?? { running: 0, waiting: [] };
    this.subjects.set(id, subject);
    if (subject.running < this.limits.running) subject.running++;
    else if (subject.waiting.length >= this.limits.waiting) throw tooMany(this.limits);
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

const tooMany = ({ running, waiting }: TurnLimits) =>
  new GraphQLError(
    `${running} of your operations are running and ${waiting} are waiting, which is the limit. Wait for one to end.`,
    { extensions: { code: 'RATE_LIMITED', http: { status: 429 } } },
  );
