import {
  defaultFieldResolver,
  getNamedType,
  getNullableType,
  GraphQLError,
  isCompositeType,
  isListType,
  isObjectType,
  Kind,
  type FieldNode,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import type { Context } from '../context';
import { toMutationError } from '../errorMapping';
import type { ExecutionBudget } from './executionBudget';
import { takesTurn } from './fieldCosts';
import { operationLimits } from './operationLimits';

type Resolver = GraphQLFieldResolver<unknown, Context>;

/**
 * Counts values while an operation runs, and turns an expected error of a mutation into its payload's
 * `error`. A middleware of type-graphql would cost one promise for each field. A field that reads a
 * property of one value is left as it is.
 */
export function guardFields(schema: GraphQLSchema): GraphQLSchema {
  const mutation = schema.getMutationType();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const resolve = (field.resolve ?? defaultFieldResolver) as Resolver;
      let answer = takesTurn(`${type.name}.${field.name}`) ? inTurn(resolve) : resolve;
      if (type === mutation) answer = startedInTime(withErrorPayload(resolve));
      if (mayHoldMany(field)) field.resolve = counted(answer);
      else if (answer !== resolve) field.resolve = answer;
    }
  }
  return schema;
}

const mayHoldMany = ({ type }: GraphQLField<unknown, unknown>) =>
  isListType(getNullableType(type)) || isCompositeType(getNamedType(type));

/**
 * Counts the values of an object or a list before graphql-js reads the first of them, because it
 * reads all of them in one go.
 */
const counted =
  (resolve: Resolver): Resolver =>
  (source, args, context, info) => {
    const { budget } = context;
    if (!budget) return resolve(source, args, context, info);
    const count = (value: unknown) => {
      const entries = Array.isArray(value) ? value.length : 1;
      const width = widthOf(info);
      return budget.spend(entries * width) ?? paced(value, width, budget);
    };
    const stopped = budget.spend(0);
    if (stopped) return stopped;
    const value = resolve(source, args, context, info);
    return value instanceof Promise ? value.then(count) : count(value);
  };

/** graphql-js reads at most this many values without a pause. That takes a few milliseconds. */
const valuesAtOnce = 1_000;

/** Returns a value in such a way that graphql-js pauses while it reads a long answer. */
function paced(value: unknown, width: number, budget: ExecutionBudget): unknown {
  const turn = budget.pause();
  if (Array.isArray(value) && value.length * width > valuesAtOnce)
    return inParts(value as unknown[], Math.ceil(valuesAtOnce / width), budget, turn);
  return turn ? turn.then(() => value) : value;
}

/** Returns the entries as promises. Between two parts of the list there is a pause. */
function inParts(
  entries: readonly unknown[],
  size: number,
  budget: ExecutionBudget,
  first: Promise<void> | undefined,
): Promise<unknown>[] {
  let turn = Promise.resolve(first);
  return entries.map((entry, index) => {
    if (index > 0 && index % size === 0) turn = turn.then(() => budget.pause());
    return turn.then(() => budget.spend(0) ?? entry);
  });
}

const widths = new WeakMap<FieldNode, number>();
/** The same for the fragments of an operation, by their names. */
const fragmentWidths = new WeakMap<GraphQLResolveInfo['fragments'], Map<string, number>>();
/** More fields are never returned, and widths stay finite. */
const maxWidth = operationLimits.maxValues + 1;

/** Number of fields that are selected on each entry, through fragments too. */
function widthOf({ fieldNodes, fragments }: GraphQLResolveInfo): number {
  let width = 0;
  for (const node of fieldNodes) {
    const known = widths.get(node) ?? fieldsIn(node.selectionSet, fragments);
    widths.set(node, known);
    width += known;
  }
  return width;
}

function fieldsIn(
  set: SelectionSetNode | undefined,
  fragments: GraphQLResolveInfo['fragments'],
): number {
  // A list of scalars selects nothing on its entries, which count one each.
  if (!set) return 1;
  return set.selections.reduce((fields, selection) => {
    if (selection.kind === Kind.FIELD) return fields + 1;
    if (selection.kind === Kind.INLINE_FRAGMENT)
      return fields + fieldsIn(selection.selectionSet, fragments);
    return fields + fieldsInFragment(selection.name.value, fragments);
  }, 0);
}

/** Fragments within fragments take exponential time without a memory of what was counted. */
function fieldsInFragment(name: string, fragments: GraphQLResolveInfo['fragments']): number {
  const known = fragmentWidths.get(fragments) ?? new Map<string, number>();
  fragmentWidths.set(fragments, known);
  const width =
    known.get(name) ?? Math.min(maxWidth, fieldsIn(fragments[name]?.selectionSet, fragments));
  known.set(name, width);
  return width;
}

/** Makes a field that reads the database wait for its turn among those of the person. */
const inTurn =
  (resolve: Resolver): Resolver =>
  async (source, args, context, info) => {
    const { budget } = context;
    if (!budget) return resolve(source, args, context, info);
    const value = await budget.inTurn(async () =>
      budget.spend(0) ? undefined : await resolve(source, args, context, info),
    );
    return budget.spend(0) ?? value;
  };

/** Lets a mutation begin only within the first seconds of its request. */
const startedInTime =
  (resolve: Resolver): Resolver =>
  (source, args, context, info) => {
    if ((context.budget?.seconds ?? 0) > operationLimits.nextMutationSeconds) throw notStarted();
    return resolve(source, args, context, info);
  };

const notStarted = () =>
  new GraphQLError(
    'This mutation was not started, because those before it took too long. Send it again.',
    { extensions: { code: 'OPERATION_STOPPED' } },
  );

const withErrorPayload =
  (resolve: Resolver): Resolver =>
  async (source, args, context, info) => {
    try {
      return await resolve(source, args, context, info);
    } catch (error) {
      return { error: toMutationError(error) };
    }
  };
