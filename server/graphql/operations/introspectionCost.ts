import {
  GraphQLError,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  Kind,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import { operationLimits } from './operationLimits';

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

/** Number of entries that each list of the introspection schema has, over the whole schema. */
type Totals = Readonly<Record<string, number>>;

const totalsOf = new WeakMap<GraphQLSchema, Totals>();
const refuse = (message: string) =>
  new GraphQLError(message, { extensions: { code: 'QUERY_TOO_COSTLY' } });

/** Fields that lead from one type to another. Below them only names are read. */
const references = new Set(['type', 'ofType', 'interfaces', 'possibleTypes']);

/**
 * Computes the values that an introspection field returns at most. Each list counts once with all
 * its entries in the schema, and no list may stand below a reference to another type: nested lists
 * are what makes introspection explode.
 *
 * @throws GraphQLError for a query of another shape
 */
export function introspectionCost(
  schema: GraphQLSchema,
  root: FieldNode,
  fragments: Fragments,
): number {
  const totals = totalsOf.get(schema) ?? countAll(schema);
  totalsOf.set(schema, totals);
  const active = new Set<string>();
  const costOfSet = (set: SelectionSetNode | undefined, entries: number, path: Path): number => {
    let cost = 0;
    for (const selection of set?.selections ?? []) {
      if (selection.kind === Kind.FIELD) cost += costOfField(selection, entries, path);
      else if (selection.kind === Kind.INLINE_FRAGMENT)
        cost += costOfSet(selection.selectionSet, entries, path);
      else {
        const name = selection.name.value;
        if (active.has(name)) throw refuse(`The fragment ${name} includes itself.`);
        active.add(name);
        cost += costOfSet(fragments.get(name)?.selectionSet, entries, path);
        active.delete(name);
      }
      if (cost > maxCounted) return cost;
    }
    return cost;
  };
  const costOfField = (node: FieldNode, entries: number, path: Path): number => {
    const name = node.name.value;
    const length = totals[name];
    if (length !== undefined && path.lists.has(name)) throw refuse(`${tooDeep} "${name}" twice.`);
    if (length !== undefined && path.referenced)
      throw refuse(`${tooDeep} "${name}" below a reference to another type.`);
    const inside: Path = {
      referenced: path.referenced || references.has(name),
      lists: length === undefined ? path.lists : new Set([...path.lists, name]),
    };
    const reached = length === undefined ? entries : Math.max(entries, length);
    return reached + costOfSet(node.selectionSet, reached, inside);
  };
  return costOfSet(root.selectionSet, 1, { referenced: false, lists: new Set() });
}

interface Path {
  /** Whether the path leads through a reference to another type. */
  referenced: boolean;
  lists: ReadonlySet<string>;
}

/** Counting stops here, so that fragments within fragments take no time. */
const maxCounted = operationLimits.maxIntrospectionCost;
const tooDeep = 'An introspection query lists each part of the schema once. This one lists';

function countAll(schema: GraphQLSchema): Totals {
  const types = Object.values(schema.getTypeMap());
  const fields = types.flatMap((type) =>
    isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [],
  );
  const directives = schema.getDirectives();
  const sum = (lengths: number[]) => lengths.reduce((total, length) => total + length, 0);
  return {
    types: types.length,
    fields: fields.length,
    args: sum([...fields, ...directives].map(({ args }) => args.length)),
    inputFields: sum(
      types.map((type) => (isInputObjectType(type) ? Object.keys(type.getFields()).length : 0)),
    ),
    enumValues: sum(types.map((type) => (isEnumType(type) ? type.getValues().length : 0))),
    interfaces: sum(
      types.map((type) =>
        isObjectType(type) || isInterfaceType(type) ? type.getInterfaces().length : 0,
      ),
    ),
    possibleTypes: sum(
      types.map((type) => (isInterfaceType(type) ? schema.getPossibleTypes(type).length : 0)),
    ),
    directives: directives.length,
    locations: sum(directives.map(({ locations }) => locations.length)),
  };
}
