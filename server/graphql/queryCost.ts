import {
  getNullableType,
  GraphQLError,
  isListType,
  type DocumentNode,
  type GraphQLSchema,
} from 'graphql';
import { getComplexity, type ComplexityEstimator } from 'graphql-query-complexity';
import { queryLimits } from './queryLimits';

/** Assumed length of a list without `first`. */
const defaultListLength = 5;

/** A field costs one. Fields of a list count once per entry. */
const costOf: ComplexityEstimator = ({ args, field, childComplexity }) => {
  const { first } = args as { first?: unknown };
  if (typeof first === 'number') return 1 + Math.max(0, first) * childComplexity;
  const isList = isListType(getNullableType(field.type));
  return 1 + (isList ? defaultListLength : 1) * childComplexity;
};

/** A connection repeats its page as nodes and as edges, so neither multiplies it again. */
const pageFields = new Set(['nodes', 'edges']);
const costOfPage: ComplexityEstimator = ({ field, type, childComplexity }) =>
  pageFields.has(field.name) && type.name.endsWith('Connection') ? 1 + childComplexity : undefined;

/** Refuses a query that could touch more values than pages need. Undefined if it may run. */
export function refuseCostly(
  schema: GraphQLSchema,
  document: DocumentNode,
  variables: Record<string, unknown> | null | undefined,
  operationName: string | null | undefined,
): GraphQLError | undefined {
  let cost: number;
  try {
    cost = getComplexity({
      schema,
      query: document,
      estimators: [costOfPage, costOf],
      ...(variables && { variables }),
      ...(operationName && { operationName }),
    });
  } catch {
    // For example wrong variables. The execution reports what is wrong.
    return undefined;
  }
  if (cost <= queryLimits.maxCost) return undefined;
  return new GraphQLError(
    `The query may return up to ${cost} values, but the limit is ${queryLimits.maxCost}. Request smaller pages.`,
    { extensions: { code: 'QUERY_TOO_COSTLY' } },
  );
}
