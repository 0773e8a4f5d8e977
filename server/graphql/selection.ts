import { Kind, type GraphQLResolveInfo, type SelectionNode } from 'graphql';

/**
 * Whether a query selects a field of the resolved object, so that unnecessary work can be skipped.
 */
export function selects(info: GraphQLResolveInfo, field: string): boolean {
  /** Each fragment is read once. Fragments within fragments would take exponential time. */
  const seen = new Set<string>();
  const has = (selection: SelectionNode): boolean => {
    if (selection.kind === Kind.FIELD) return selection.name.value === field;
    if (selection.kind === Kind.INLINE_FRAGMENT) return selection.selectionSet.selections.some(has);
    const { value: name } = selection.name;
    if (seen.has(name)) return false;
    seen.add(name);
    return info.fragments[name]?.selectionSet.selections.some(has) ?? false;
  };
  return info.fieldNodes.some((node) => node.selectionSet?.selections.some(has));
}
