import { pick, upTo } from '../../../server/testing/hostile';
import { operation, times, type QueryFamily } from './payload';

/** Variables and arguments that are null, of another type, deep, or large. */

const deep = (levels: number, open: string, close: string, inside = '1') =>
  open.repeat(levels) + inside + close.repeat(levels);

const page = 'images(first: $first) { nodes { id labels { id person { name } } } }';
const pages = (count: number) => times(count, (index) => `a${index}: ${page}`);

export const variableFamilies: readonly QueryFamily[] = [
  {
    name: 'null-for-a-default',
    make: (random, { datasetId }) => {
      const type = pick(random, ['Int = 500', 'Int! = 500', 'Int']);
      const query = `query ($id: ID!, $first: ${type}) { dataset(id: $id) { ${pages(upTo(random, 300))} } }`;
      return operation(query, { id: datasetId, first: null });
    },
  },
  {
    name: 'wrong-types',
    make: (random, { datasetId }) => {
      const wrong = [null, '500', 1e300, -1, [], {}, { __proto__: 1 }, true, 0.5, [[[[1]]]]];
      const query = `query ($id: ID!, $first: Int!) { dataset(id: $id) { ${pages(upTo(random, 300))} } }`;
      const variables = {
        id: pick(random, [datasetId, null, 1, {}, []]),
        first: pick(random, wrong),
      };
      return operation(query, pick<unknown>(random, [variables, [variables], 'text', 5, null]));
    },
  },
  {
    name: 'unused-and-many-variables',
    make: (random) => {
      const count = upTo(random, 1_500);
      const declared = times(
        count,
        (index) => `$v${index}: ${pick(random, ['Int', 'ImageFilter', '[ID!]!', 'Nothing'])}`,
      );
      return operation(`query (${declared}) { viewer { id } }`, { v0: {} });
    },
  },
  {
    name: 'huge-string-variable',
    maxCount: 4,
    make: (random, { datasetId }) => {
      const text = pick(random, ['x', '\\', '"', '\ud83e\udd8a', '%']).repeat(
        upTo(random, 400_000),
      );
      const query =
        'query ($id: ID!, $text: String) { dataset(id: $id) { images(filter: { nameContains: $text }) { totalCount } } }';
      return operation(query, { id: datasetId, text });
    },
  },
  {
    name: 'hundreds-of-thousands-of-ids',
    maxCount: 4,
    make: (random, { imageIds }) => {
      const ids = Array.from({ length: pick(random, [5_000, 20_000, 500_000]) }, () =>
        pick(random, ['1', '', imageIds[0]!.slice(0, 1)]),
      );
      return operation('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids });
    },
  },
  {
    name: 'many-real-ids',
    make: (random, { imageIds }) => {
      const ids = Array.from({ length: upTo(random, 8_000) }, () => pick(random, imageIds));
      const query = pick(random, [
        'query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Image { labels { person { name } } prediction { top { confidence } } } } }',
        'query ($ids: [ID!]!) { similarImages(imageIds: $ids, first: 500) { similarity } }',
        'mutation ($ids: [ID!]!) { completeUploads(input: { ticketIds: $ids }) { results { fileName } } }',
      ]);
      return operation(query, { ids });
    },
  },
  {
    name: 'many-tokens',
    make: (random) => {
      const leaseTokens = Array.from(
        { length: upTo(random, 30_000) },
        (_, index) => `token ${index}`,
      );
      const field = pick(random, ['renewLeases', 'releaseTasks']);
      const input = `${field === 'renewLeases' ? 'RenewLeasesInput' : 'ReleaseTasksInput'}!`;
      return operation(
        `mutation ($input: ${input}) { ${field}(input: $input) { error { message } } }`,
        { input: { leaseTokens } },
      );
    },
  },
  {
    name: 'many-labels',
    make: (random, { classIds, imageIds }) => {
      const labels = Array.from({ length: upTo(random, 3_000) }, (_, index) => ({
        imageId: pick(random, imageIds).slice(0, -1),
        classId: pick(random, classIds),
        clientMutationId: pick(random, [String(index), 'm'.repeat(10_000), '\0']).slice(
          0,
          200_000 / 3_000 + index,
        ),
        leaseToken: 't'.repeat(upTo(random, 100)),
      }));
      const query =
        'mutation ($labels: [RecordLabelInput!]!) { recordLabels(input: { labels: $labels }) { results { error { message } } } }';
      return operation(query, { labels });
    },
  },
  {
    name: 'deep-variables',
    make: (random, { datasetId }) => {
      const levels = upTo(random, 40_000);
      const value = pick(random, [deep(levels, '[', ']'), deep(levels, '{"filter":', '}')]);
      const query =
        'query ($id: ID!, $filter: ImageFilter) { dataset(id: $id) { images(filter: $filter) { totalCount } } }';
      const body = `{"query":${JSON.stringify(query)},"variables":{"id":${JSON.stringify(datasetId)},"filter":${value}}}`;
      return {
        kind: 'request',
        method: 'POST',
        path: '/graphql',
        headers: { 'content-type': 'application/json' },
        body,
      };
    },
  },
  {
    name: 'deep-arguments',
    make: (random, { datasetId }) => {
      const levels = upTo(random, 100_000);
      const value = pick(random, [
        deep(levels, '[', ']'),
        deep(levels, '{ a: ', ' }'),
        `${'['.repeat(levels)}`,
      ]);
      const argument = pick(random, ['filter', 'orderBy', 'first', 'nothing']);
      return operation(
        `{ dataset(id: ${JSON.stringify(datasetId)}) { images(${argument}: ${value}) { totalCount } } }`,
      );
    },
  },
  {
    name: 'repeated-arguments',
    make: (random, { datasetId }) => {
      const filter = times(
        upTo(random, 2_000),
        (index) => `${pick(random, ['labelled', `f${index}`])}: true`,
      );
      return operation(
        `{ dataset(id: ${JSON.stringify(datasetId)}) { images(filter: { ${filter} }) { totalCount } } }`,
      );
    },
  },
];
