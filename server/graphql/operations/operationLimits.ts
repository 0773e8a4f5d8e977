import {
  GraphQLError,
  Kind,
  type ASTVisitor,
  type DocumentNode,
  type ValidationContext,
} from 'graphql';
import type { SelectionNode, SelectionSetNode } from 'graphql';

/**
 * Limits of one operation, on both transports. They are more than any page of ours needs and far
 * less than what could do harm.
 */
export const operationLimits = {
  maxBodyBytes: 1024 * 1024,
  /** Maximum size of a websocket message in bytes. */
  maxMessageBytes: 256 * 1024,
  /** How deep lists and objects of a request's JSON nest. */
  maxNesting: 64,
  /** Bytes of a request by somebody who has not signed in. */
  maxAnonymousBodyBytes: 16 * 1024,
  /** Our largest operation has about 500. */
  maxTokens: 2_000,
  /** Entries of all lists and objects in the variables. Our largest operation has about 1,000. */
  maxInputEntries: 10_000,
  maxDepth: 14,
  /** Validation compares fragments pair by pair, and fields of the same name pair by pair. */
  maxFragments: 60,
  maxRepeats: 20,
  /** Mutations of one request. */
  maxMutations: 10,
  /** See operationCost. */
  maxCost: 300_000,
  maxAnonymousCost: 100,
  /** Values of one introspection query. The query that tools send has about 30,000. */
  maxIntrospectionCost: 100_000,
  /** Maximum number of values that an operation returns. */
  maxValues: 50_000,
  /** Leaves a busy server time to answer within 5 s. */
  querySeconds: 4,
  mutationSeconds: 60,
  /** No further mutation of a request starts after this time. */
  nextMutationSeconds: 3,
} as const;

const refusal = (message: string) =>
  new GraphQLError(message, { extensions: { code: 'QUERY_TOO_COSTLY' } });

/**
 * Refuses a document whose validation would take long. Validation compares fields of one name and
 * fragments pair by pair. Undefined if it may be validated.
 */
export function refuseRepetitive(document: DocumentNode): GraphQLError | undefined {
  const { maxFragments, maxRepeats } = operationLimits;
  const fragments = document.definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION);
  if (fragments.length > maxFragments)
    return refusal(
      `The query has ${fragments.length} fragments, but the limit is ${maxFragments}. Merge some.`,
    );
  const open = document.definitions.flatMap((one) =>
    'selectionSet' in one ? [one.selectionSet] : [],
  );
  for (let set = open.pop(); set; set = open.pop()) {
    const repeated = mostRepeated(set);
    if (repeated && repeated[1] > maxRepeats)
      return refusal(
        `"${repeated[0].slice(0, 80)}" is selected ${repeated[1]} times in one place, but the limit is ${maxRepeats}. Remove the repetitions.`,
      );
    for (const selection of set.selections)
      if (selection.kind !== Kind.FRAGMENT_SPREAD && selection.selectionSet)
        open.push(selection.selectionSet);
  }
  return undefined;
}

/** Returns the name that stands most often in a selection, and how often. */
function mostRepeated({ selections }: SelectionSetNode): [string, number] | undefined {
  const counts = new Map<string, number>();
  for (const selection of selections) {
    const name = nameOf(selection);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0];
}

function nameOf(selection: SelectionNode): string {
  if (selection.kind === Kind.FIELD) return selection.alias?.value ?? selection.name.value;
  if (selection.kind === Kind.FRAGMENT_SPREAD) return `...${selection.name.value}`;
  return `... on ${selection.typeCondition?.name.value ?? ''}`;
}

/** Refuses queries that are nested deeper than pages need, fragments included. */
export function depthLimit(context: ValidationContext): ASTVisitor {
  const fragments = new Map<string, number>();
  const depthOfFragment = (name: string): number => {
    const known = fragments.get(name);
    if (known !== undefined) return known;
    // A fragment that includes itself gets this value. Another rule refuses that query.
    fragments.set(name, 0);
    const depth = depthOf(context.getFragment(name)?.selectionSet);
    fragments.set(name, depth);
    return depth;
  };
  const depthOfSelection = (selection: SelectionNode): number => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return depthOfFragment(selection.name.value);
    if (selection.kind === Kind.INLINE_FRAGMENT) return depthOf(selection.selectionSet);
    // Introspection is deep by nature and has limits of its own.
    return selection.name.value.startsWith('__') ? 0 : 1 + depthOf(selection.selectionSet);
  };
  const depthOf = (set: SelectionSetNode | undefined): number =>
    (set?.selections ?? []).reduce((depth, one) => Math.max(depth, depthOfSelection(one)), 0);
  return {
    OperationDefinition(node) {
      if (depthOf(node.selectionSet) > operationLimits.maxDepth)
        context.reportError(
          new GraphQLError(
            `A query may have at most ${operationLimits.maxDepth} levels. Split it.`,
            { nodes: node },
          ),
        );
      return undefined;
    },
  };
}
