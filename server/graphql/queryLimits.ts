import {
  GraphQLError,
  Kind,
  type ASTVisitor,
  type SelectionNode,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';

/**
 * More than any page of ours needs, and far below what could do harm. Both transports enforce them.
 */
export const queryLimits = {
  maxTokens: 5_000,
  maxDepth: 14,
  /** Values that a query may touch, see queryCost. */
  maxCost: 200_000,
  maxBodyBytes: 1024 * 1024,
} as const;

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
    // A rule of graphql-js limits introspection, which is deep by nature.
    return selection.name.value.startsWith('__') ? 0 : 1 + depthOf(selection.selectionSet);
  };
  const depthOf = (set: SelectionSetNode | undefined): number =>
    (set?.selections ?? []).reduce((depth, one) => Math.max(depth, depthOfSelection(one)), 0);
  return {
    OperationDefinition(node) {
      if (depthOf(node.selectionSet) > queryLimits.maxDepth)
        context.reportError(
          new GraphQLError(`A query may have at most ${queryLimits.maxDepth} levels. Split it.`, {
            nodes: node,
          }),
        );
      return undefined;
    },
  };
}
