import {
  execute,
  GraphQLError,
  OperationTypeNode,
  type ExecutionArgs,
  type ExecutionResult,
} from 'graphql';
import type { Context } from '../context';
import { ExecutionBudget } from './executionBudget';
import { operationLimits } from './operationLimits';
import { TurnQueue, type TurnLimits } from '../../limits/turnQueue';

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

  constructor(limits: TurnLimits) {
    this.turns = new TurnQueue({ ...limits, refuse: tooMany });
    this.events = new TurnQueue({ ...limits, waiting: Infinity, refuse: tooMany });
  }

  /**
   * Waits for a turn of the person, executes, and stops at the deadline or at the value limit. The
   * turn ends when the operation has ended and its answer has been sent.
   *
   * @throws GraphQLError if too many operations wait
   */
  async run(operation: RunnableOperation): Promise<ExecutionResult> {
    const { delivery } = operation.contextValue;
    const endTurn = await this.turns.take(subjectOf(operation.contextValue));
    try {
      return delivery?.isClosed() ? { data: null } : await executeWithin(operation);
    } finally {
      // An answer that waits for its reader still takes memory.
      void Promise.resolve(delivery?.done).finally(endTurn);
    }
  }

  /**
   * Executes the selection of a subscription on one event. Events wait for each other and never for
   * the person's operations. None is refused, because none may be missed.
   */
  async runEvent(event: RunnableOperation): Promise<ExecutionResult> {
    return this.events.run(subjectOf(event.contextValue), () => executeWithin(event));
  }
}

async function executeWithin(operation: RunnableOperation): Promise<ExecutionResult> {
  const isMutation = operation.kind === OperationTypeNode.MUTATION;
  const budget = new ExecutionBudget({
    values: operationLimits.maxValues,
    seconds: isMutation ? operationLimits.mutationSeconds : operationLimits.querySeconds,
    advice: isMutation ? advice.mutation : advice.query,
  });
  operation.contextValue.budget = budget;
  try {
    return await Promise.race([execute(operation), budget.exhausted.then(stopped)]);
  } finally {
    budget.end();
  }
}

const tooMany = ({ running, waiting }: TurnLimits) =>
  new GraphQLError(
    `${running} of your operations are running and ${waiting} are waiting, which is the limit. Wait for one to end.`,
    { extensions: { code: 'RATE_LIMITED', http: { status: 429 } } },
  );

const stopped = (error: GraphQLError): ExecutionResult => ({ errors: [error] });

/** Who an operation counts for: the person, or the address of somebody not signed in. */
const subjectOf = ({ viewer, address }: Context) => viewer?.id ?? address ?? 'unknown';
