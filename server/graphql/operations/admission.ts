import {
  getOperationAST,
  getVariableValues,
  GraphQLError,
  Kind,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { costOf, UncountableError, type OperationCost } from './operationCost';
import { depthLimit, operationLimits, refuseRepetitive } from './operationLimits';
import { rootFieldsOf } from './rootFields';

/** An operation as a client sends it. Nothing in it has been checked. */
export interface OperationRequest {
  query: string;
  variables?: unknown;
  operationName?: unknown;
}

export interface AdmittedOperation {
  document: DocumentNode;
  operation: OperationDefinitionNode;
  operationName?: string;
  /** As the client sent them. */
  variables: Record<string, unknown>;
}

/** `invalid` is for mistakes that validation explains, `refused` for limits. */
export type Admission =
  | { kind: 'admitted'; admitted: AdmittedOperation }
  | { kind: 'invalid'; errors: readonly GraphQLError[] }
  | { kind: 'refused'; error: GraphQLError };

/** Who asks. */
export interface AdmissionRights {
  isSignedIn: boolean;
  mayIntrospect: boolean;
}

/** Characters of queries whose documents are kept. Our own client has about 50,000. */
const maxKeptCharacters = 1_000_000;

/** Root fields that answer without a sign-in. */
const publicFields = new Set(['viewer', 'signIn', 'signOut', '__typename']);

/**
 * Decides before anything runs whether an operation may run. Both transports ask it. What it cannot
 * count, it refuses.
 */
export class OperationAdmission {
  /** Valid documents by their text. Clients send the same few texts again and again. */
  private readonly valid = new LRUCache<string, DocumentNode>({
    maxSize: maxKeptCharacters,
    sizeCalculation: (_document, query) => Math.max(1, query.length),
  });

  constructor(private readonly schema: GraphQLSchema) {}

  admit(request: OperationRequest, rights: AdmissionRights): Admission {
    try {
      return this.decide(request, rights);
    } catch (error) {
      if (error instanceof GraphQLError) return refused(error);
      const reason = error instanceof UncountableError ? error.message : 'It cannot be counted.';
      return refused(tooCostly(`The cost of the query cannot be computed. ${reason}`));
    }
  }

  /** Computes what a valid operation costs. @throws UncountableError, GraphQLError */
  costOf({ query, variables, operationName }: OperationRequest): OperationCost {
    const document = parse(query, { maxTokens: operationLimits.maxTokens });
    const operation = getOperationAST(document, nameOf(operationName));
    if (!operation) throw unknownOperation();
    return this.count(document, operation, recordOf(variables));
  }

  private decide(request: OperationRequest, rights: AdmissionRights): Admission {
    const { query } = request;
    const known = this.valid.get(query);
    const parsed = known ?? parsedOrError(query);
    if (parsed instanceof GraphQLError) return invalid([parsed]);
    const repetitive = known ? undefined : refuseRepetitive(parsed);
    if (repetitive) return refused(repetitive);
    const operationName = nameOf(request.operationName);
    const operation = getOperationAST(parsed, operationName);
    if (!operation) return invalid([unknownOperation()]);
    const unwelcome = refuseRoots(rootFieldsOf(operation, fragmentsOf(parsed)), rights);
    if (unwelcome) return refused(unwelcome);
    const errors = known ? [] : this.validate(parsed);
    if (errors.length > 0) return invalid(errors);
    this.valid.set(query, parsed);
    const variables = recordOf(request.variables);
    const costly = refuseCostly(this.count(parsed, operation, variables), rights);
    if (costly) return refused(costly);
    const named = operationName === undefined ? {} : { operationName };
    return { kind: 'admitted', admitted: { document: parsed, operation, variables, ...named } };
  }

  private validate(document: DocumentNode): readonly GraphQLError[] {
    return validate(this.schema, document, [...specifiedRules, depthLimit], {
      maxErrors: 20,
      hideSuggestions: true,
    });
  }

  private count(
    document: DocumentNode,
    operation: OperationDefinitionNode,
    given: Record<string, unknown>,
  ): OperationCost {
    const { schema } = this;
    const { coerced, errors } = getVariableValues(
      schema,
      operation.variableDefinitions ?? [],
      given,
      { maxErrors: 20 },
    );
    if (errors) throw badInput(errors[0]);
    const rootType = schema.getRootType(operation.operation);
    if (!rootType) throw new UncountableError('The schema has no such operation.');
    const { selectionSet } = operation;
    const fragments = fragmentsOf(document);
    return costOf({ schema, rootType, selectionSet, fragments, variables: coerced });
  }
}

function parsedOrError(query: string): DocumentNode | GraphQLError {
  try {
    return parse(query, { maxTokens: operationLimits.maxTokens });
  } catch (error) {
    return error as GraphQLError;
  }
}

/** Refuses by the fields on the root: who may ask them, and how much introspection. */
function refuseRoots(
  roots: readonly string[],
  { isSignedIn, mayIntrospect }: AdmissionRights,
): GraphQLError | undefined {
  if (!isSignedIn && !roots.every((field) => publicFields.has(field))) return unauthenticated();
  const introspected = roots.filter((field) => field === '__schema' || field === '__type');
  if (introspected.length > 0 && !mayIntrospect) return introspectionOff();
  if (introspected.length > 1)
    return tooCostly('A query may introspect once. Send one query for each part.');
  return undefined;
}

function refuseCostly(
  { values, introspection }: OperationCost,
  { isSignedIn }: AdmissionRights,
): GraphQLError | undefined {
  const { maxCost, maxAnonymousCost, maxIntrospectionCost } = operationLimits;
  const limit = isSignedIn ? maxCost : maxAnonymousCost;
  if (values > limit)
    return tooCostly(
      `The query may return up to ${values} values, but the limit is ${limit}. Request smaller pages.`,
      { cost: values, limit },
    );
  if (introspection > maxIntrospectionCost)
    return tooCostly(
      `The introspection may return up to ${introspection} values, but the limit is ${maxIntrospectionCost}. Request less.`,
      { cost: introspection, limit: maxIntrospectionCost },
    );
  return undefined;
}

const invalid = (errors: readonly GraphQLError[]) => ({ kind: 'invalid', errors }) as const;
const refused = (error: GraphQLError) => ({ kind: 'refused', error }) as const;

const tooCostly = (message: string, counted: { cost?: number; limit?: number } = {}) =>
  new GraphQLError(message, { extensions: { code: 'QUERY_TOO_COSTLY', ...counted } });

const unauthenticated = () =>
  new GraphQLError('Sign in first.', { extensions: { code: 'UNAUTHENTICATED' } });

const introspectionOff = () =>
  new GraphQLError('Introspection is switched off here. Read server/schema.graphql instead.', {
    extensions: { code: 'FORBIDDEN' },
  });

const unknownOperation = () =>
  new GraphQLError('The request does not say which operation to run. Set operationName.');

const badInput = (error: GraphQLError | undefined) =>
  new GraphQLError(error?.message ?? 'A variable is wrong.', {
    extensions: { code: 'BAD_USER_INPUT' },
  });

/** Variables that are not an object are read as none. The error then names the missing variable. */
const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};

const nameOf = (operationName: unknown) =>
  typeof operationName === 'string' ? operationName : undefined;

const fragmentsOf = ({ definitions }: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> =>
  new Map(
    definitions.flatMap((one) =>
      one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [],
    ),
  );
