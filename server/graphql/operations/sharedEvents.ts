import type { ExecutionArgs, ExecutionResult } from 'graphql';
import { createHash } from 'node:crypto';

type Running = Map<string, Promise<ExecutionResult>>;

/**
 * Shares the execution of an event between the subscriptions of one person that select the same.
 * Only an execution that still runs is shared, so no answer is older than the event's delivery.
 */
export class SharedEvents {
  private readonly running = new WeakMap<object, Running>();
  private readonly numbers = new WeakMap<object, number>();
  private readonly hashes = new WeakMap<object, string>();
  private documents = 0;

  run(
    subject: string,
    { rootValue, document, variableValues }: ExecutionArgs,
    execute: () => Promise<ExecutionResult>,
  ): Promise<ExecutionResult> {
    if (typeof rootValue !== 'object' || rootValue === null) return execute();
    const ofEvent = this.running.get(rootValue) ?? new Map<string, Promise<ExecutionResult>>();
    this.running.set(rootValue, ofEvent);
    const key = `${subject} ${this.numberOf(document)} ${this.hashOf(variableValues ?? {})}`;
    const known = ofEvent.get(key);
    if (known) return known;
    const result = execute().finally(() => ofEvent.delete(key));
    ofEvent.set(key, result);
    return result;
  }

  private numberOf(document: object): number {
    const known = this.numbers.get(document) ?? ++this.documents;
    this.numbers.set(document, known);
    return known;
  }

  /** A subscription keeps its variables, so they are read once. */
  private hashOf(variables: object): string {
    const known = this.hashes.get(variables);
    if (known) return known;
    const hash = createHash('sha256').update(JSON.stringify(variables)).digest('base64');
    this.hashes.set(variables, hash);
    return hash;
  }
}
