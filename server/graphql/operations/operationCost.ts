import {
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  getNullableType,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  isAbstractType,
  isListType,
  isObjectType,
  Kind,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { fieldWeights, listBounds, type FieldArguments } from './fieldCosts';
import { introspectionCost } from './introspectionCost';

/** What an operation may cost, in values. Introspection has a limit of its own. */
export interface OperationCost {
  values: number;
  introspection: number;
}

/** Everything that a cost is computed from. The document is valid and the variables are coerced. */
export interface CostedOperation {
  schema: GraphQLSchema;
  rootType: GraphQLObjectType;
  selectionSet: SelectionSetNode;
  fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  variables: Record<string, unknown>;
}

/** Something in the operation cannot be counted, so the operation is refused. */
export class UncountableError extends Error {}

/** Costs stay finite, so that 0 times any cost is 0. */
const ceiling = 1e15;
const bounded = (cost: number) => Math.min(cost, ceiling);

/**
 * Computes the most that an operation can cost before it runs. A field costs one and its weight;
 * the fields of a list count once for each entry that the list can return; each use of an alias or
 * a fragment counts. Each selection is visited once for each type it is read on.
 *
 * @throws UncountableError, GraphQLError for a wrong argument
 */
export function costOf(operation: CostedOperation): OperationCost {
  return new CostCounter(operation, 1).root();
}

class CostCounter {
  private readonly known = new Map<SelectionSetNode, Map<GraphQLNamedType, number>>();
  private introspection = 0;

  constructor(
    private readonly operation: CostedOperation,
    /** Entries of the lists in the mutation's input. */
    private readonly inputEntries: number,
  ) {}

  root(): OperationCost {
    const { selectionSet, rootType } = this.operation;
    return { values: this.ofSet(selectionSet, rootType), introspection: this.introspection };
  }

  private ofSet(set: SelectionSetNode, type: GraphQLNamedType): number {
    const costs = this.known.get(set) ?? new Map<GraphQLNamedType, number>();
    this.known.set(set, costs);
    const known = costs.get(type);
    if (known !== undefined) return known;
    // A fragment that includes itself would find this value. Validation refuses it before.
    costs.set(type, ceiling);
    let cost = 0;
    for (const selection of set.selections)
      cost = bounded(cost + this.ofSelection(selection, type));
    costs.set(type, cost);
    return cost;
  }

  private ofSelection(selection: SelectionNode, type: GraphQLNamedType): number {
    if (this.isSkipped(selection)) return 0;
    const { schema, fragments } = this.operation;
    switch (selection.kind) {
      case Kind.FIELD:
        return this.ofField(selection, type);
      case Kind.INLINE_FRAGMENT: {
        const condition = selection.typeCondition?.name.value;
        return this.ofSet(selection.selectionSet, named(schema, condition) ?? type);
      }
      case Kind.FRAGMENT_SPREAD: {
        const fragment = fragments.get(selection.name.value);
        const condition = named(schema, fragment?.typeCondition.name.value);
        if (!fragment || !condition)
          throw new UncountableError(`There is no fragment ${selection.name.value}.`);
        return this.ofSet(fragment.selectionSet, condition);
      }
    }
  }

  private isSkipped(selection: SelectionNode): boolean {
    const { variables } = this.operation;
    const skip = getDirectiveValues(GraphQLSkipDirective, selection, variables);
    const include = getDirectiveValues(GraphQLIncludeDirective, selection, variables);
    return skip?.if === true || include?.if === false;
  }

  private ofField(node: FieldNode, type: GraphQLNamedType): number {
    const { schema, variables } = this.operation;
    const name = node.name.value;
    if (name === '__typename') return 1;
    if (name === '__schema' || name === '__type') {
      this.introspection += introspectionCost(schema, node, this.operation.fragments);
      return 1;
    }
    const field = isObjectType(type) || isAbstractType(type) ? fieldOf(type, name) : undefined;
    if (!field) throw new UncountableError(`"${name}" cannot be counted on ${type.name}.`);
    const args = getArgumentValues(field, node, variables);
    const entries = entriesIn(args);
    const own = 1 + (fieldWeights[`${type.name}.${name}`] ?? 0) + entries;
    // Two mutations may share a fragment for payloads of different lengths.
    const isMutation = type === schema.getMutationType();
    const counter = isMutation ? new CostCounter(this.operation, entries) : this;
    const children = node.selectionSet
      ? counter.ofSet(node.selectionSet, getNamedType(field.type))
      : 1;
    return bounded(own + bounded(this.lengthOf(type.name, field, args) * children));
  }

  /** The most entries that a field can return: 1 for a single value. */
  private lengthOf(
    typeName: string,
    field: GraphQLField<unknown, unknown>,
    args: FieldArguments,
  ): number {
    const path = `${typeName}.${field.name}`;
    const isConnection = getNamedType(field.type).name.endsWith('Connection');
    if (isConnection) return counted(args.first, path);
    if (!isListType(getNullableType(field.type))) return 1;
    // A connection repeats its page as nodes and as edges, so neither multiplies it again.
    if (typeName.endsWith('Connection')) return 1;
    const bound = listBounds[path];
    return counted(typeof bound === 'function' ? bound(args, this.inputEntries) : bound, path);
  }
}

const named = (schema: GraphQLSchema, name: string | undefined) =>
  name === undefined ? undefined : schema.getType(name);

function fieldOf(type: GraphQLNamedType, name: string): GraphQLField<unknown, unknown> | undefined {
  return 'getFields' in type
    ? (type.getFields()[name] as GraphQLField<unknown, unknown> | undefined)
    : undefined;
}

function counted(length: unknown, path: string): number {
  if (typeof length !== 'number' || !Number.isFinite(length))
    throw new UncountableError(`The length of ${path} cannot be computed. Give its size.`);
  return Math.max(0, length);
}

/** Number of entries of every list within the arguments. */
function entriesIn(value: unknown): number {
  if (Array.isArray(value))
    return value.reduce<number>((sum, entry) => sum + 1 + entriesIn(entry), 0);
  if (value === null || typeof value !== 'object') return 0;
  return Object.values(value).reduce<number>((sum, entry) => sum + entriesIn(entry), 0);
}
