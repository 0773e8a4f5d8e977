import { pick, upTo } from '../../../server/testing/hostile';
import type { Random } from '../../../models/numeric';
import { operation, times, type QueryFamily } from './payload';

/** Cursors and ids that no page of ours ever returned. */

const encoded = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const uuid = '0198c2a4-7a3b-7c1d-9e2f-1234567890ab';

const keys = (random: Random): unknown =>
  pick<unknown>(random, [
    ['1e-999', uuid],
    ['0.1e-9999999', uuid],
    ['2026-02-31 00:00:00+00', uuid],
    ['2026-13-01 25:61:61.999999+99:99', uuid],
    ['9999999-01-01 00:00:00+00', uuid],
    [2_147_483_647, uuid],
    [-2_147_483_648, uuid],
    [1e308],
    ['\0', uuid],
    ['x'.repeat(upTo(random, 100_000)), uuid],
    [],
    {},
    null,
    [[['1']]],
    [null, null],
    [`0.${'1'.repeat(upTo(random, 10_000))}`, uuid],
    Array(upTo(random, 5_000)).fill(1),
  ]);

const orders = [
  'UPLOADED',
  'NAME',
  'LEAST_CONFIDENT',
  'MOST_CONFIDENT',
  'RECENTLY_LABELLED',
  'NONE',
];

function ids(random: Random, real: string): string {
  const type = pick(random, [
    'Image',
    'Dataset',
    'Class',
    'RetrainRun',
    'User',
    '__proto__',
    'Nothing',
  ]);
  return pick(random, [
    () => encoded(`${type}:${uuid}`),
    () => encoded(`${type}:${uuid}:more`),
    () => encoded(`${type}:99999999999999999999999`),
    () => encoded(`${type}:\0`),
    () => real.slice(0, random.below(real.length)),
    () => real + '='.repeat(upTo(random, 1_000)),
    () => 'A'.repeat(upTo(random, 700_000)),
    () => `${type}:${uuid}`,
    () => "' OR 1=1 --",
    () => '',
    () => '\ud800',
    () => '%00',
  ])();
}

const byId = [
  'dataset(id: $id) { name }',
  'node(id: $id) { id }',
  'nodes(ids: [$id, $id]) { id }',
  'retrainRun(id: $id) { status }',
  'runDiff(fromRunId: $id, toRunId: $id) { compared }',
  'explainPrediction(imageId: $id) { values }',
  'similarImages(imageIds: [$id]) { similarity }',
  'certificatePlan(datasetId: $id) { alpha }',
];

const mutationsById = [
  'undoLabel(input: { labelId: $id, clientMutationId: "a" }) { error { message } }',
  'cancelRetrainRun(input: { id: $id }) { error { message } }',
  'setGoldImage(input: { imageId: $id, classId: $id }) { error { message } }',
  'archiveClass(input: { id: $id }) { error { message } }',
  'completeUploads(input: { ticketIds: [$id] }) { error { message } }',
  'restoreRunPredictions(input: { id: $id }) { error { message } }',
  'reorderClasses(input: { datasetId: $id, classIds: [$id, $id] }) { error { message } }',
  'cancelCertificate(input: { id: $id }) { error { message } }',
];

export const valueFamilies: readonly QueryFamily[] = [
  {
    name: 'cursors-of-images',
    make: (random, { datasetId }) =>
      operation(
        'query ($id: ID!, $after: String, $order: ImageOrder!) { dataset(id: $id) { images(after: $after, orderBy: $order, first: 2) { nodes { id } } } }',
        {
          id: datasetId,
          after: pick(random, [encoded, String])(keys(random)),
          order: pick(random, orders),
        },
      ),
  },
  {
    name: 'cursors-of-lists',
    make: (random, { datasetId }) => {
      const list = pick(random, ['queue', 'retrainRuns', 'images']);
      const after = escapeText(encoded(keys(random)));
      const inner = `dataset(id: "${datasetId}") { ${list}(after: "${after}") { pageInfo { endCursor } } }`;
      return operation(
        random.next() < 0.3 ? `{ datasets(after: "${after}") { totalCount } }` : `{ ${inner} }`,
      );
    },
  },
  {
    name: 'cursors-of-events',
    make: (random, { datasetId }) => {
      const after = pick(random, [
        '1e-999',
        '99999999999999999999:0',
        '-1:-1',
        '0:0',
        ':',
        '\0',
        '1:1:1:1',
        '18446744073709551615:1',
        'x'.repeat(upTo(random, 50_000)),
      ]);
      const cursor = random.next() < 0.5 ? after : encoded(after);
      return operation(
        'subscription ($id: ID!, $after: String) { datasetEvents(datasetId: $id, after: $after) { cursor } }',
        { id: datasetId, after: cursor },
      );
    },
  },
  {
    name: 'ids',
    make: (random, { imageIds }) =>
      operation(`query ($id: ID!) { ${pick(random, byId)} }`, {
        id: ids(random, pick(random, imageIds)),
      }),
  },
  {
    name: 'ids-of-other-types',
    make: (random, { imageIds, classIds, datasetId }) =>
      operation(`query ($id: ID!) { ${pick(random, byId)} }`, {
        id: pick(random, [
          datasetId,
          pick(random, imageIds),
          pick(random, classIds),
          5,
          1.5,
          true,
          null,
        ]),
      }),
  },
  {
    name: 'ids-in-mutations',
    make: (random, { ownDatasetId }) =>
      operation(`mutation ($id: ID!) { ${pick(random, mutationsById)} }`, {
        id: ids(random, ownDatasetId),
      }),
  },
  {
    name: 'texts-in-mutations',
    make: (random, { ownDatasetId }) => {
      const text = pick(random, [
        '\0',
        '\u202e\u200b',
        '\ud800',
        'e\u0301'.repeat(50_000),
        '<script>',
        ' '.repeat(upTo(random, 300_000)),
        'n'.repeat(upTo(random, 300_000)),
      ]);
      const mutation = pick(random, [
        'createDataset(input: { name: $text, seed: $text }) { error { message } }',
        'signIn(input: { name: $text }) { error { message } }',
        'addClass(input: { datasetId: $id, name: $text, hotkey: $text, color: $text }) { error { message } }',
        'skipTask(input: { leaseToken: $text }) { error { message } }',
        'setDatasetBackbone(input: { datasetId: $id, backboneId: $text }) { error { message } }',
        'createUploads(input: { datasetId: $id, files: [{ fileName: $text, byteSize: 1, className: $text }] }) { error { message } }',
      ]);
      const declared = mutation.includes('$id') ? '$id: ID!, $text: String!' : '$text: String!';
      return operation(`mutation (${declared}) { ${mutation} }`, { id: ownDatasetId, text });
    },
  },
  {
    name: 'numbers-in-mutations',
    make: (random, { ownDatasetId }) => {
      const number = pick(random, [
        '1e308',
        '-1e308',
        '0.0000001',
        '-1',
        '2147483647',
        '9e15',
        '1e-320',
      ]);
      const field = pick(random, [
        'blindShare',
        'overlapShare',
        'certificateAlpha',
        'certificateEpsilon',
        'targetAccuracy',
      ]);
      return operation(
        `mutation { updateDataset(input: { id: "${ownDatasetId}", ${times(1, () => `${field}: ${number}`)} }) { error { message } } }`,
      );
    },
  },
];

const escapeText = (text: string) => text.replace(/["\\\n]/g, '');
