import { pick, upTo } from '../../../server/testing/hostile';
import { operation, times, type QueryFamily } from './payload';

/** Texts that are hard to parse, to validate, or to report about. */

const escaped = (text: string) => JSON.stringify(text);

export const textFamilies: readonly QueryFamily[] = [
  {
    name: 'repeated-directives',
    make: (random) => {
      const directive = pick(random, [
        '@skip(if: false)',
        '@include(if: true)',
        '@deprecated',
        '@a',
        '@specifiedBy(url: "x")',
      ]);
      return operation(`{ viewer { id ${times(upTo(random, 5_000), () => directive)} } }`);
    },
  },
  {
    name: 'unknown-names',
    make: (random) => {
      const near = [
        'dataset',
        'datasetss',
        'imagez',
        'viewr',
        'similarImage',
        'capabilitie',
        'x'.repeat(upTo(random, 3_000)),
      ];
      const names = times(
        upTo(random, 1_500),
        (index) => `${pick(random, near)}${index % 7} { id }`,
      );
      return operation(
        `{ ${names} datasets { ${times(upTo(random, 500), (index) => `nod${index}`)} } }`,
      );
    },
  },
  {
    name: 'unknown-arguments-and-types',
    make: (random) => {
      const args = times(upTo(random, 900), (index) => `firs${index}: 1`);
      const types = times(upTo(random, 300), (index) => `... on Datase${index} { id }`);
      return operation(`{ datasets(${args}) { nodes { ${types} } } }`);
    },
  },
  {
    name: 'long-names',
    make: (random) => {
      const name = pick(random, ['a', '_', 'Z9']).repeat(upTo(random, 200_000));
      return operation(
        pick(random, [
          `{ ${name}: viewer { id } }`,
          `query ${name} { viewer { id } }`,
          `{ ${name} }`,
          `{ ...${name} }`,
          `query ($${name}: Int) { viewer { id } }`,
        ]),
      );
    },
  },
  {
    name: 'block-strings',
    make: (random) => {
      const line = pick(random, [
        '\n',
        '\n ',
        '   \n',
        '\\"""',
        '"" ',
        '\r\n\t',
        '\n'.repeat(3) + ' '.repeat(50),
      ]);
      return operation(`{ dataset(id: """${line.repeat(upTo(random, 60_000))}""") { id } }`);
    },
  },
  {
    name: 'strings-and-escapes',
    make: (random) => {
      const part = pick(random, [
        '\\u0000',
        '\\u{10FFFF}',
        '\\n',
        '\\u{',
        '\\uD83E',
        '\\x',
        '\u2028',
        '\\"',
      ]);
      return operation(`{ dataset(id: "${part.repeat(upTo(random, 60_000))}") { id } }`);
    },
  },
  {
    name: 'long-numbers',
    make: (random) => {
      const number = pick(random, ['9', '-1', '1e', '0.', '00', '1e309', '2147483648']).concat(
        '9'.repeat(upTo(random, 200_000)),
      );
      return operation(`{ datasets(first: ${number}) { totalCount } }`);
    },
  },
  {
    name: 'marks-and-nul',
    make: (random) => {
      const odd = pick(random, [
        '\ufeff',
        '\0',
        '\u2060',
        '\u202e',
        '\ud800',
        ',',
        '#\n',
        '\ufeff,',
        ' ',
      ]);
      const many = odd.repeat(upTo(random, 100_000));
      return operation(
        pick(random, [
          `${many}{ viewer { id } }`,
          `{ viewer ${many} { id } }`,
          `{ viewer { id } } ${many}`,
        ]),
      );
    },
  },
  {
    name: 'open-brackets',
    make: (random) => {
      const open = pick(random, [
        '{',
        '{ a ',
        '(',
        '[',
        '{ a(b: [',
        '... on A {',
        '!',
        '@a(',
        'query (',
        '{ a: ',
      ]);
      return operation(open.repeat(upTo(random, 100_000)));
    },
  },
  {
    name: 'type-definitions',
    make: (random) => {
      const definition = pick(random, [
        'type A',
        'extend schema',
        'directive @d',
        'input I',
        'schema',
      ]);
      const definitions = times(
        upTo(random, 2_000),
        (index) => `${definition} { f${index}: [[[[Int!]!]!]!] }`,
      );
      return operation(`{ viewer { id } } ${definitions}`);
    },
  },
  {
    name: 'no-query',
    make: (random) => {
      const body = pick<unknown>(random, [
        {},
        [],
        null,
        '',
        { query: null },
        { query: 5 },
        { query: { a: 1 } },
        { id: 'x' },
        {
          query: '{ viewer { id } }',
          extensions: {
            persistedQuery: { version: 1, sha256Hash: 'x'.repeat(upTo(random, 50_000)) },
          },
        },
      ]);
      return {
        kind: 'request',
        method: 'POST',
        path: '/graphql',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      };
    },
  },
  {
    name: 'subscription-over-http',
    make: (_random, { datasetId }) =>
      operation(`subscription { datasetEvents(datasetId: ${escaped(datasetId)}) { cursor } }`),
  },
];
