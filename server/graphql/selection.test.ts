import { buildSchema, graphqlSync, type GraphQLResolveInfo } from 'graphql';
import { selects } from './selection';

/** Returns whether a query selects the name of an entry. */
function selectsName(query: string): boolean | undefined {
  const schema = buildSchema('type Entry { id: ID name: String } type Query { entry: Entry }');
  let found: boolean | undefined;
  schema.getQueryType()!.getFields().entry!.resolve = (
    _source: unknown,
    _args: unknown,
    _context: unknown,
    info: GraphQLResolveInfo,
  ) => {
    found = selects(info, 'name');
    return {};
  };
  expect(graphqlSync({ schema, source: query }).errors).toBeUndefined();
  return found;
}

test.each([
  ['{ entry { id name } }', true],
  ['{ entry { id } }', false],
  ['{ entry { ... on Entry { name } } }', true],
  ['{ entry { ...a } } fragment a on Entry { ...b id } fragment b on Entry { name }', true],
  ['{ entry { ...a } } fragment a on Entry { ...b id } fragment b on Entry { id }', false],
])('%s', (query, isSelected) => {
  expect(selectsName(query)).toBe(isSelected);
});

test('fragments within fragments are read once each', () => {
  const levels = Array.from(
    { length: 50 },
    (_, level) => `fragment a${level} on Entry { ...a${level + 1} ...a${level + 1} }`,
  );
  const query = `{ entry { id ...a0 @skip(if: true) } } ${levels.join(' ')} fragment a50 on Entry { id }`;
  expect(selectsName(query)).toBe(false);
});
