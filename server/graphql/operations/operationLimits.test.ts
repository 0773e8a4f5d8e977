import { buildSchema, getIntrospectionQuery, parse, specifiedRules, validate } from 'graphql';
import { depthLimit, operationLimits } from './operationLimits';

const schema = buildSchema('type Query { node: Query name: String }');
const errorsOf = (query: string) =>
  validate(schema, parse(query), [...specifiedRules, depthLimit]).map((error) => error.message);
const nested = (levels: number, leaf = 'name') =>
  `${'{ node '.repeat(levels - 1)}{ ${leaf} }${' }'.repeat(levels - 1)}`;
const tooDeep = `A query may have at most ${operationLimits.maxDepth} levels. Split it.`;

test('a query as deep as it may be is taken, one level more is refused', () => {
  expect(errorsOf(nested(operationLimits.maxDepth))).toEqual([]);
  expect(errorsOf(nested(operationLimits.maxDepth + 1))).toEqual([tooDeep]);
});

test('fragments do not hide depth', () => {
  const half = operationLimits.maxDepth / 2;
  const query = (levels: number) =>
    `query ${nested(levels, '...Half')} fragment Half on Query ${nested(half)}`;
  expect(errorsOf(query(half + 1))).toEqual([]);
  expect(errorsOf(query(half + 2))).toEqual([tooDeep]);
  const inline = nested(half + 2, `... on Query ${nested(half)}`);
  expect(errorsOf(inline)).toEqual([tooDeep]);
});

test('fragments that include each other are refused, not followed endlessly', () => {
  const query = '{ ...A } fragment A on Query { node { ...B } } fragment B on Query { ...A }';
  expect(errorsOf(query).join()).toContain('Cannot spread fragment');
});

test('introspection is as deep as its tools need it', () => {
  expect(errorsOf(getIntrospectionQuery())).toEqual([]);
});
