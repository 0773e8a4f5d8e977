import { buildSchema, parse } from 'graphql';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { refuseCostly } from './queryCost';

const schema = buildSchema(readFileSync(join(__dirname, '..', 'schema.graphql'), 'utf8'));
const refusal = (query: string, variables = {}) =>
  refuseCostly(schema, parse(query), variables, undefined)?.extensions.code;

test('pages within pages are refused, whatever names the number', () => {
  const nested = (first: string) =>
    `images(first: ${first}) { nodes { id dataset { images(first: ${first}) { nodes { id fileName } } } } }`;
  expect(refusal(`{ dataset(id: "x") { ${nested('500')} } }`)).toBe('QUERY_TOO_COSTLY');
  expect(refusal(`query ($n: Int!) { dataset(id: "x") { ${nested('$n')} } }`, { n: 500 })).toBe(
    'QUERY_TOO_COSTLY',
  );
  expect(
    refusal(`query ($n: Int!) { dataset(id: "x") { ${nested('$n')} } }`, { n: 20 }),
  ).toBeUndefined();
});

test('the largest page with all its details passes', () => {
  const page = `{ dataset(id: "x") { images(first: 500) { totalCount pageInfo { endCursor }
    nodes { id fileName prediction { confidence class { id name } top { confidence class { id name } } }
      labels { id class { name } person { name } } consensus { class { name } } } } } }`;
  expect(refusal(page)).toBeUndefined();
});

test('aliases count each', () => {
  const aliases = Array.from(
    { length: 20 },
    (_, index) =>
      `a${index}: images(first: 500) { nodes { id fileName url width height sha256 ordinal version heldOut } }`,
  );
  expect(refusal(`{ dataset(id: "x") { ${aliases.join(' ')} } }`)).toBeUndefined();
  const more = [...aliases, ...aliases.map((alias) => `b${alias}`)];
  expect(refusal(`{ dataset(id: "x") { ${more.join(' ')} } }`)).toBe('QUERY_TOO_COSTLY');
});
