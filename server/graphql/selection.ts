import { Kind, type GraphQLResolveInfo, type SelectionNode } from 'graphql';

/**
 * Whether a query selects a field of the resolved object, so that unnecessary work can be skipped.
 */
export function selects(info: GraphQLResolveInfo, field: string): boolean {
  const has = (selection: SelectionNode): boolean => {
    if (selection.kind === Kind.FIELD) return selection.name.value === field;
    const { selections } =
      selection.kind === Kind.INLINE_FRAGMENT
        ? selection.selectionSet
        : (info.fragments[selection.name.value]?.selectionSet ?? { selections: [] });
    return selections.some(has);
  };
  return info.fieldNodes.some((node) => node.selectionSet?.selections.some(has));
}
