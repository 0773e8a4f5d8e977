import { GraphQLError, type ASTVisitor, type ValidationContext } from 'graphql';

/** More than any page of ours needs, and far from what could hurt. Both transports enforce them. */
export const queryLimits = { maxTokens: 5_000, maxDepth: 14, maxBodyBytes: 1024 * 1024 } as const;

/** Refuses queries nested deeper than pages need. Introspection, which is deep by nature, is bounded by tokens. */
export function depthLimit(context: ValidationContext): ASTVisitor {
  let depth = 0;
  let introspecting = 0;
  return {
    Field: {
      enter(node) {
        if (node.name.value.startsWith('__')) introspecting++;
        depth++;
        if (!introspecting && depth > queryLimits.maxDepth)
          context.reportError(
            new GraphQLError(`A query may be ${queryLimits.maxDepth} levels deep at most.`, {
              nodes: node,
            }),
          );
      },
      leave(node) {
        if (node.name.value.startsWith('__')) introspecting--;
        depth--;
      },
    },
  };
}
