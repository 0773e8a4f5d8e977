import {
  defaultFieldResolver,
  getNamedType,
  getNullableType,
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

type Resolver = GraphQLFieldResolver<unknown, Context>;

/**
 * Adds to fields what type-graphql's middlewares would add to every field at the price of a promise
 * each: values are counted while an operation runs, and an expected error of a mutation becomes its
 * payload's `error`. A field that reads a property of one value is left as it is.
 */
export function guardFields(schema: GraphQLSchema): GraphQLSchema {
  const mutation = schema.getMutationType();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const resolve = (field.resolve ?? defaultFieldResolver) as Resolver;
      const answer = type === mutation ? withErrorPayload(resolve) : resolve;
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
    const count = (value: unknown) => {
      const entries = Array.isArray(value) ? value.length : 1;
      return context.budget?.spend(entries * widthOf(info)) ?? value;
    };
    const stopped = context.budget?.spend(0);
    if (stopped) return stopped;
    const value = resolve(source, args, context, info);
    return value instanceof Promise ? value.then(count) : count(value);
  };

const widths = new WeakMap<FieldNode, number>();

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
    return fields + fieldsIn(fragments[selection.name.value]?.selectionSet, fragments);
  }, 0);
}

const withErrorPayload =
  (resolve: Resolver): Resolver =>
  async (source, args, context, info) => {
    try {
      return await resolve(source, args, context, info);
    } catch (error) {
      return { error: toMutationError(error) };
    }
  };
