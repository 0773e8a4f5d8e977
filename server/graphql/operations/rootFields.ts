import {
  Kind,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/**
 * Returns the names of the fields that an operation selects on its root type, through fragments
 * too. A field that is selected twice stands twice.
 */
export function rootFieldsOf(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): string[] {
  const fields: string[] = [];
  const seen = new Set<string>();
  const open: (SelectionSetNode | undefined)[] = [operation.selectionSet];
  while (open.length > 0) {
    for (const selection of open.pop()?.selections ?? []) {
      if (selection.kind === Kind.FIELD) fields.push(selection.name.value);
      else if (selection.kind === Kind.INLINE_FRAGMENT) open.push(selection.selectionSet);
      else if (!seen.has(selection.name.value)) {
        seen.add(selection.name.value);
        open.push(fragments.get(selection.name.value)?.selectionSet);
      }
    }
  }
  return fields;
}
