import { Kind, type GraphQLResolveInfo, type SelectionNode } from 'graphql';

/** Whether a query asks for a field of what is being resolved: spares work nobody asked for. */
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
