import {
  getOperationAST,
  getVariableValues,
  GraphQLError,
  Kind,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { createHash } from 'node:crypto';
import { maxMessageLength } from '../errorMapping';
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
  /** As the client sent them. Those that the operation does not declare are left out. */
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

/**
 * Nodes keep no location. Each error would look for its line from the beginning of the text, which
 * takes seconds for many errors behind many lines.
 */
const parseOptions = { maxTokens: operationLimits.maxTokens, noLocation: true } as const;

/** Root fields that answer without a sign-in. */
const publicFields = new Set(['viewer', 'signIn', 'signOut', '__typename']);

/**
 * Decides before anything runs whether an operation may run. Both transports ask it. What it cannot
 * count, it refuses.
 */
export class OperationAdmission {
  /** Valid documents by the hash of their text. Clients send the same few texts again and again. */
  private readonly valid = new LRUCache<string, DocumentNode>({
    maxSize: maxKeptCharacters,
  });

  constructor(private readonly schema: GraphQLSchema) {}

  /** Returns a valid document by the SHA-256 of its text, in hexadecimal digits. */
  documentOf(hash: string): DocumentNode | undefined {
    return this.valid.get(hash);
  }

  /** Waits for a turn of the event loop, because reading and counting take time. */
  async admitInTurn(
    request: OperationRequest,
    rights: AdmissionRights,
    turn: () => Promise<void> | undefined,
  ): Promise<Admission> {
    await turn();
    return this.admit(request, rights);
  }

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
    const document = parse(query, parseOptions);
    const operation = getOperationAST(document, nameOf(operationName));
    if (!operation) throw unknownOperation();
    return this.count(document, operation, recordOf(variables));
  }

  private decide(request: OperationRequest, rights: AdmissionRights): Admission {
    const { query } = request;
    const hash = hashOf(query);
    const known = this.valid.get(hash);
    const parsed = known ?? parsedOrError(query);
    if (parsed instanceof GraphQLError) return invalid([parsed]);
    const repetitive = known ? undefined : refuseRepetitive(parsed);
    if (repetitive) return refused(repetitive);
    const operationName = nameOf(request.operationName);
    const operation = getOperationAST(parsed, operationName);
    if (!operation) return invalid([unknownOperation()]);
    const roots = rootFieldsOf(operation, fragmentsOf(parsed));
    const unwelcome = refuseRoots(roots, rights) ?? refuseMany(operation, roots);
    if (unwelcome) return refused(unwelcome);
    const errors = known ? [] : this.validate(parsed);
    if (errors.length > 0) return invalid(errors);
    this.valid.set(hash, parsed, { size: Math.max(1, query.length) });
    const given = recordOf(request.variables);
    const costly = refuseCostly(this.count(parsed, operation, given), rights);
    if (costly) return refused(costly);
    const variables = declaredOf(operation, given);
    const named = operationName === undefined ? {} : { operationName };
    return { kind: 'admitted', admitted: { document: parsed, operation, variables, ...named } };
  }

  private validate(document: DocumentNode): readonly GraphQLError[] {
    return validate(this.schema, document, [...specifiedRules, depthLimit], {
      maxErrors: 20,
      hideSuggestions: true,
    }).map((error) => explained(error, 'GRAPHQL_VALIDATION_FAILED'));
  }

  private count(
    document: DocumentNode,
    operation: OperationDefinitionNode,
    given: Record<string, unknown>,
  ): OperationCost {
    const { schema } = this;
    if (hasMoreEntries(given, operationLimits.maxInputEntries)) throw tooMuchInput();
    const { coerced, errors } = getVariableValues(
      schema,
      operation.variableDefinitions ?? [],
      given,
      { maxErrors: 20, hideSuggestions: true },
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
    return parse(query, parseOptions);
  } catch (error) {
    return explained(error as GraphQLError, 'GRAPHQL_PARSE_FAILED');
  }
}

/** Returns an error of the text as clients see it. */
const explained = ({ message, nodes, source, positions }: GraphQLError, code: string) =>
  new GraphQLError(message.slice(0, maxMessageLength), {
    ...{ nodes, source, positions },
    extensions: { code },
  });

const hashOf = (query: string) => createHash('sha256').update(query).digest('hex');

/** Refuses root fields that the viewer may not request, and too much introspection. */
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

/** Mutations of one request run one after the other, so the request takes the sum of their times. */
function refuseMany(
  { operation }: OperationDefinitionNode,
  roots: readonly string[],
): GraphQLError | undefined {
  const { maxMutations } = operationLimits;
  if (operation !== OperationTypeNode.MUTATION || roots.length <= maxMutations) return undefined;
  return tooCostly(
    `The request has ${roots.length} mutations, but the limit is ${maxMutations}. Send several requests.`,
    { cost: roots.length, limit: maxMutations },
  );
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
  new GraphQLError('The request does not say which operation to run. Set operationName.', {
    extensions: { code: 'OPERATION_RESOLUTION_FAILURE' },
  });

/** Whether the lists and objects in a value have more entries than the limit, however deep. */
function hasMoreEntries(value: unknown, limit: number): boolean {
  const open = [value];
  let entries = 0;
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (typeof one !== 'object' || one === null) continue;
    const inside: unknown[] = Array.isArray(one) ? one : Object.values(one);
    entries += inside.length;
    if (entries > limit) return true;
    for (const next of inside) if (typeof next === 'object') open.push(next);
  }
  return false;
}

const tooMuchInput = () =>
  tooCostly(
    `The variables have more than ${operationLimits.maxInputEntries} entries. Send them in parts.`,
    { limit: operationLimits.maxInputEntries },
  );

const badInput = (error: GraphQLError | undefined) =>
  new GraphQLError(error?.message ?? 'A variable is wrong.', {
    extensions: { code: 'BAD_USER_INPUT' },
  });

/** A subscription keeps its variables, so it must not keep more than it uses. */
function declaredOf(
  { variableDefinitions = [] }: OperationDefinitionNode,
  given: Record<string, unknown>,
): Record<string, unknown> {
  const names = variableDefinitions.map(({ variable }) => variable.name.value);
  return Object.fromEntries(
    names.filter((name) => Object.hasOwn(given, name)).map((name) => [name, given[name]]),
  );
}

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
