import {
  buildSchema,
  getIntrospectionQuery,
  isInterfaceType,
  isListType,
  isObjectType,
  getNullableType,
  OperationTypeNode,
} from 'graphql';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OperationAdmission } from './admission';
import { listBounds } from './fieldCosts';
import { operationLimits } from './operationLimits';

const root = join(__dirname, '..', '..', '..');
const schema = buildSchema(readFileSync(join(root, 'server', 'schema.graphql'), 'utf8'));
const admission = new OperationAdmission(schema);
const signedIn = { isSignedIn: true, mayIntrospect: true };

/** Returns the code of the refusal, `invalid`, or undefined for an admitted query. */
function refusal(query: string, variables: unknown = {}, rights = signedIn) {
  const decision = admission.admit({ query, variables }, rights);
  if (decision.kind === 'refused') return decision.error.extensions.code;
  return decision.kind === 'invalid' ? 'invalid' : undefined;
}
const aliases = (count: number, field: string) =>
  Array.from({ length: count }, (_, index) => `a${index}: ${field}`).join(' ');

test('pages within pages are refused, wherever their size is given', () => {
  const nested = (first: string) =>
    `images(first: ${first}) { nodes { id dataset { images(first: ${first}) { nodes { id fileName } } } } }`;
  expect(refusal(`{ dataset(id: "x") { ${nested('500')} } }`)).toBe('QUERY_TOO_COSTLY');
  const named = `query ($n: Int!) { dataset(id: "x") { ${nested('$n')} } }`;
  expect(refusal(named, { n: 500 })).toBe('QUERY_TOO_COSTLY');
  expect(refusal(named, { n: 20 })).toBeUndefined();
});

test('the largest page with all its details passes', () => {
  const page = `{ dataset(id: "x") { images(first: 500) { totalCount pageInfo { endCursor }
    nodes { id fileName prediction { confidence class { id name } top { confidence class { id name } } }
      labels { id class { name } } consensus { class { name } } } } } }`;
  expect(refusal(page)).toBeUndefined();
});

test('aliases count each', () => {
  const page = (count: number) =>
    `{ dataset(id: "x") { ${aliases(count, 'images(first: 500) { nodes { id fileName url width height } }')} } }`;
  expect(refusal(page(50))).toBeUndefined();
  expect(refusal(page(105))).toBe('QUERY_TOO_COSTLY');
});

test('each use of a fragment counts', () => {
  const fragment =
    'fragment Page on Dataset { images(first: 500) { nodes { id fileName url width height sha256 ordinal version heldOut } } }';
  const query = (count: number) =>
    `{ ${aliases(count, 'dataset(id: "x") { ...Page }')} } ${fragment}`;
  expect(refusal(query(10))).toBeUndefined();
  expect(refusal(query(80))).toBe('QUERY_TOO_COSTLY');
});

test.each([
  ['null for a variable with a default', { n: null }],
  ['a text for a number', { n: 'many' }],
  ['a number beyond 32 bits', { n: 1e12 }],
  ['variables that are a list', [500]],
])('%s does not switch the limit off', (_what, variables) => {
  const query = `query ($n: Int! = 500) { ${aliases(
    40,
    'datasets(first: $n) { nodes { images(first: $n) { nodes { id } } } }',
  )} }`;
  expect(refusal(query, variables)).toMatch(/BAD_USER_INPUT|QUERY_TOO_COSTLY/);
});

test('padding with fragments that are never used does not switch the limit off', () => {
  const padding = Array.from(
    { length: operationLimits.maxFragments - 1 },
    (_, index) => `fragment P${index} on User { id name }`,
  ).join(' ');
  const expensive = `{ datasets(first: 500) { nodes { images(first: 500) { nodes { id } } } } }`;
  expect(refusal(`${expensive} ${padding}`)).toMatch(/QUERY_TOO_COSTLY|invalid/);
});

test.each([
  'dataset(id: "x") { classes { id name color hotkey } }',
  'dataset(id: "x") { goldImages { image { id } } }',
])('a list without `first` counts with all that it can return: %s', (field) => {
  expect(refusal(`{ ${aliases(5, field)} }`)).toBeUndefined();
  expect(refusal(`{ ${aliases(110, field)} }`)).toBe('QUERY_TOO_COSTLY');
});

test('ids that are given count each, in the query and in variables', () => {
  const ids = Array.from({ length: 200_000 }, () => 'x');
  expect(refusal('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids })).toBe(
    'QUERY_TOO_COSTLY',
  );
  expect(
    refusal('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: ['x'] }),
  ).toBeUndefined();
});

test('computations count more than properties', () => {
  const similar = 'similarImages(imageIds: ["x"], first: 1) { confidence: similarity }';
  expect(refusal(`{ ${similar} }`)).toBeUndefined();
  expect(refusal(`{ ${aliases(25, similar)} }`)).toBe('QUERY_TOO_COSTLY');
});

test('a refusal says cost and limit', () => {
  const decision = admission.admit(
    { query: '{ datasets(first: 500) { nodes { images(first: 500) { nodes { id } } } } }' },
    signedIn,
  );
  expect(decision).toMatchObject({
    kind: 'refused',
    error: {
      extensions: {
        code: 'QUERY_TOO_COSTLY',
        limit: operationLimits.maxCost,
        cost: expect.any(Number) as number,
      },
    },
  });
});

test('repetitions and many fragments are refused before they are compared pair by pair', () => {
  expect(refusal(`{ viewer { ${'id '.repeat(400)} } }`)).toBe('QUERY_TOO_COSTLY');
  const fragments = Array.from({ length: 200 }, (_, index) => `fragment F${index} on User { id }`);
  expect(refusal(`{ viewer { id } } ${fragments.join(' ')}`)).toBe('QUERY_TOO_COSTLY');
});

test.each([
  ['a list', { ids: Array(operationLimits.maxInputEntries + 1).fill('x') }],
  ['a list in a list', { ids: Array(200).fill(Array(60).fill('x')) }],
  ['a variable that is not declared', { ids: [], other: Array(20_000).fill(null) }],
])('variables with too many entries are refused before they are read: %s', (_what, variables) => {
  const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';
  expect(refusal(query, variables)).toBe('QUERY_TOO_COSTLY');
});

test('deep variables are refused for what they are', () => {
  const deep = JSON.parse('['.repeat(5_000) + ']'.repeat(5_000)) as unknown;
  const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';
  expect(refusal(query, { ids: deep })).toBe('BAD_USER_INPUT');
});

describe('without sign-in', () => {
  const anonymous = { isSignedIn: false, mayIntrospect: false };

  test.each([
    '{ __schema { types { name } } }',
    '{ datasets { totalCount } }',
    'query { ...Hidden } fragment Hidden on Query { capabilities { missing } }',
    '{ viewer { id } ... on Query { node(id: "x") { id } } }',
  ])('only sign-in answers: %s', (query) => {
    expect(refusal(query, {}, anonymous)).toBe('UNAUTHENTICATED');
  });

  test('sign-in answers, a few times in one request', () => {
    const signIn = 'signIn(input: { name: "Ada" }) { token }';
    expect(refusal('{ viewer { id } }', {}, anonymous)).toBeUndefined();
    expect(refusal(`mutation { ${signIn} }`, {}, anonymous)).toBeUndefined();
    expect(refusal(`mutation { ${aliases(60, signIn)} }`, {}, anonymous)).toBe('QUERY_TOO_COSTLY');
  });
});

describe('introspection', () => {
  test('the query of the tools passes, where introspection is allowed', () => {
    expect(refusal(getIntrospectionQuery())).toBeUndefined();
    expect(refusal(getIntrospectionQuery(), {}, { isSignedIn: true, mayIntrospect: false })).toBe(
      'FORBIDDEN',
    );
  });

  test.each([
    ['two at once', '{ a: __schema { types { name } } b: __schema { types { name } } }'],
    ['fields of fields', '{ __schema { types { fields { type { fields { name } } } } } }'],
    ['types of types', '{ __schema { types { possibleTypes { fields { name } } } } }'],
    [
      'many aliases',
      `{ __schema { ${aliases(80, 'types { fields { args { name description } } }')} } }`,
    ],
    [
      'fragments within fragments',
      `{ __schema { types { ...F0 } } } ${Array.from(
        { length: 30 },
        (_, index) =>
          `fragment F${index} on __Type { a: name b: name ...F${index + 1} ... on __Type { ...F${index + 1} } }`,
      ).join(' ')} fragment F30 on __Type { name }`,
    ],
  ])('%s are refused', (_what, query) => {
    expect(refusal(query)).toMatch(/QUERY_TOO_COSTLY|invalid/);
  });

  test('suggestions do not tell names', () => {
    const decision = admission.admit({ query: '{ viewer { nam } }' }, signedIn);
    const message = decision.kind === 'invalid' ? decision.errors[0]?.message : '';
    expect(message).toBe('Cannot query field "nam" on type "User".');
  });
});

test('every list of the schema has a bound', () => {
  const lists = Object.values(schema.getTypeMap()).flatMap((type) =>
    (isObjectType(type) || isInterfaceType(type)) && !type.name.startsWith('__')
      ? Object.values(type.getFields())
          .filter((field) => isListType(getNullableType(field.type)))
          .map((field) => `${type.name}.${field.name}`)
      : [],
  );
  const pages = /Connection\.(nodes|edges)$/;
  expect(lists.filter((list) => !pages.test(list)).sort()).toEqual(Object.keys(listBounds).sort());
});

test('a request has a limited number of mutations', () => {
  const mutations = (count: number) =>
    `mutation { ${aliases(count, 'signOut { error { message } }')} }`;
  expect(refusal(mutations(operationLimits.maxMutations))).toBeUndefined();
  expect(refusal(mutations(operationLimits.maxMutations + 1))).toBe('QUERY_TOO_COSTLY');
});

test('a mutation is admitted as one', () => {
  const decision = admission.admit(
    { query: 'mutation { signOut { error { message } } }' },
    signedIn,
  );
  expect(decision).toMatchObject({
    kind: 'admitted',
    admitted: { operation: { operation: OperationTypeNode.MUTATION } },
  });
});
