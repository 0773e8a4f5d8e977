import {
  defaultFieldResolver,
  getNullableType,
  isListType,
  isObjectType,
  type GraphQLFieldResolver,
  type GraphQLSchema,
} from 'graphql';
import type { Context } from '../context';
import { toMutationError } from '../errorMapping';

type Resolver = GraphQLFieldResolver<unknown, Context>;

/**
 * Adds to every field what type-graphql's middlewares would add to every field at the price of a
 * promise each: values are counted while an operation runs, and an expected error of a mutation
 * becomes its payload's `error`.
 */
export function guardFields(schema: GraphQLSchema): GraphQLSchema {
  const mutation = schema.getMutationType();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const resolve = (field.resolve ?? defaultFieldResolver) as Resolver;
      const answer = type === mutation ? withErrorPayload(resolve) : resolve;
      field.resolve = isListType(getNullableType(field.type)) ? countList(answer) : count(answer);
    }
  }
  return schema;
}

const count =
  (resolve: Resolver): Resolver =>
  (source, args, context, info) =>
    context.budget?.spend(1) ?? resolve(source, args, context, info);

const countList =
  (resolve: Resolver): Resolver =>
  (source, args, context, info) => {
    const counted = (list: unknown) =>
      context.budget?.spend(Array.isArray(list) ? 1 + list.length : 1) ?? list;
    const list = resolve(source, args, context, info);
    return list instanceof Promise ? list.then(counted) : counted(list);
  };

const withErrorPayload =
  (resolve: Resolver): Resolver =>
  async (source, args, context, info) => {
    try {
      return await resolve(source, args, context, info);
    } catch (error) {
      return { error: toMutationError(error) };
    }
  };
