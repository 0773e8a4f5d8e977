import {
  execute,
  GraphQLError,
  OperationTypeNode,
  type ExecutionArgs,
  type ExecutionResult,
} from 'graphql';
import type { EventLoopShare } from '../../limits/eventLoopShare';
import { networkOf } from '../../limits/subjects';
import { TurnQueue, type TurnLimits } from '../../limits/turnQueue';
import type { Viewer } from '../../domain/viewer';
import type { Context } from '../context';
import { EventLoaders } from './eventLoaders';
import { ExecutionBudget } from './executionBudget';
import { operationLimits } from './operationLimits';
import { SharedEvents } from './sharedEvents';

/** Fields of one person that read the database at once. */
const readsAtOnce = 3;
/** Events that are executed at once for one person. */
const eventsAtOnce = 2;

const advice = {
  query: 'Request less at once.',
  mutation: 'It may still complete. Repeat it with the same clientMutationId to see its result.',
};

/** An execution with its context and the kind of its operation. */
export interface RunnableOperation extends ExecutionArgs {
  contextValue: Context;
  kind: OperationTypeNode;
}

/** Runs admitted operations of both transports within their limits. */
export class OperationRunner {
  private readonly turns: TurnQueue;
  private readonly events: TurnQueue;
  private readonly sharedEvents = new SharedEvents();
  private readonly eventLoaders = new EventLoaders();
  /** One person's queries read the database a few at a time, for any selection. */
  private readonly reads = new TurnQueue({
    running: readsAtOnce,
    waiting: Infinity,
    refuse: tooMany,
  });

  constructor(
    limits: TurnLimits,
    private readonly loop: EventLoopShare,
  ) {
    this.turns = new TurnQueue({ ...limits, refuse: tooMany });
    this.events = new TurnQueue({ running: eventsAtOnce, waiting: Infinity, refuse: tooMany });
  }

  /**
   * Waits for a turn of the person, executes, and stops at the deadline or at the value limit. The
   * turn ends when the operation has ended and its answer has been sent.
   *
   * @throws GraphQLError if too many operations wait
   */
  async run(operation: RunnableOperation): Promise<ExecutionResult> {
    const { delivery } = operation.contextValue;
    const subject = subjectOf(operation.contextValue);
    const endTurn = await this.turns.take(subject);
    try {
      return delivery?.isClosed()
        ? { data: null }
        : await this.execute(operation, () => this.loop.wait(subject));
    } finally {
      // An answer that waits for its reader still takes memory.
      void Promise.resolve(delivery?.done).finally(endTurn);
    }
  }

  /**
   * Executes the selection of a subscription on one event. Events wait for each other and never for
   * the person's operations. None is refused, because none may be missed. A person's subscriptions
   * that select the same share one execution while it runs.
   */
  async runEvent(event: RunnableOperation): Promise<ExecutionResult> {
    const subject = subjectOf(event.contextValue);
    return this.sharedEvents.run(subject, event, () =>
      this.events.run(subject, () => {
        const loaders = this.eventLoaders.of(event.rootValue);
        const contextValue = { ...event.contextValue, loaders };
        return this.execute({ ...event, contextValue }, () => this.loop.waitForEvent(subject));
      }),
    );
  }

  /** Opens the source of a subscription when it is the person's turn. Opening reads the database. */
  async openSource<T>(context: Context, open: () => Promise<T>): Promise<T> {
    return this.reads.run(subjectOf(context), open);
  }

  private async execute(
    operation: RunnableOperation,
    pause: () => Promise<void> | undefined,
  ): Promise<ExecutionResult> {
    const isMutation = operation.kind === OperationTypeNode.MUTATION;
    const subject = subjectOf(operation.contextValue);
    await pause();
    const budget = new ExecutionBudget({
      values: operationLimits.maxValues,
      seconds: isMutation ? operationLimits.mutationSeconds : operationLimits.querySeconds,
      advice: isMutation ? advice.mutation : advice.query,
      pause,
      inTurn: (work) => this.reads.run(subject, work),
    });
    operation.contextValue.budget = budget;
    try {
      return await Promise.race([execute(operation), budget.exhausted.then(stopped)]);
    } finally {
      budget.end();
    }
  }
}

const tooMany = ({ running, waiting }: TurnLimits) =>
  new GraphQLError(
    `${running} of your operations are running and ${waiting} are waiting, which is the limit. Wait for one to end.`,
    { extensions: { code: 'RATE_LIMITED', http: { status: 429 } } },
  );

/** An answer without "data" would mean that the execution had not begun. */
const stopped = (error: GraphQLError): ExecutionResult => ({ data: null, errors: [error] });

/** Who an operation counts for: the person, or the address of somebody not signed in. */
export const subjectOf = ({
  viewer,
  address,
}: {
  viewer: Viewer | null;
  address?: string | undefined;
}) => viewer?.id ?? networkOf(address ?? 'unknown');
