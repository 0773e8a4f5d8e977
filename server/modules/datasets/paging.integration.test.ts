import { randomUUID } from 'node:crypto';
import { v7 as uuid } from 'uuid';
import { ImageOrder } from '../../../shared/enums';
import { fromGlobalId } from '../../graphql/globalId';
import type { ApiClient } from '../../testing/apiClient';
import { createDataset, photo, upload, type TestDataset } from '../../testing/factories';
import { startTestServer, type TestServer } from '../../testing/testServer';

const count = 11;
const pageSize = 3;

let server: TestServer;
let ada: ApiClient;
let dataset: TestDataset;
let images: string[];

beforeAll(async () => {
  server = await startTestServer();
  ada = await server.person('Ada');
  dataset = await createDataset(ada, 'paged');
  const files = await Promise.all(
    Array.from({ length: count }, async (_, index) => ({
      // The names are not in the order of upload, and some repeat.
      fileName: `${(index * 7) % 5}.jpg`,
      bytes: await photo(`paged ${index}`),
    })),
  );
  images = (await upload(ada, dataset.id, files)).map((result) => result.image?.id ?? '');
  await labelAndPredict();
});
afterAll(() => server.close());

/** Labels all but the first image, and predicts all but the last with equal confidences. */
async function labelAndPredict(): Promise<void> {
  const [classId] = dataset.classes.map((one) => one.id);
  await ada.request(
    `mutation ($labels: [RecordLabelInput!]!) { recordLabels(input: { labels: $labels }) { error { message } } }`,
    {
      labels: images
        .slice(1)
        .map((imageId) => ({ imageId, classId, clientMutationId: randomUUID() })),
    },
  );
  const { dataSource } = server.container;
  const runId = uuid();
  await dataSource.query(
    `CREATE TABLE prediction_of_paging PARTITION OF prediction FOR VALUES IN ('${runId}')`,
  );
  const datasetId = fromGlobalId('Dataset', dataset.id);
  await dataSource.query(
    `INSERT INTO prediction SELECT $1, i.id, $3, (1.0 / (2 + ordinal % 4))::real, 0, 0, '{}', '{}'
     FROM image i WHERE dataset_id = $2 AND ordinal < $4`,
    [runId, datasetId, fromGlobalId('Class', classId ?? ''), count - 1],
  );
  await dataSource.query('UPDATE dataset SET current_run_id = $1 WHERE id = $2', [
    runId,
    datasetId,
  ]);
}

interface Page {
  nodes: { id: string; fileName: string }[];
  totalCount: number;
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string | null };
}
async function page(orderBy: ImageOrder, first: number, after: string | null, filter = {}) {
  const { dataset: read } = await ada.request<{ dataset: { images: Page } }>(
    `query ($id: ID!, $first: Int!, $after: String, $orderBy: ImageOrder!, $filter: ImageFilter) {
       dataset(id: $id) { images(first: $first, after: $after, orderBy: $orderBy, filter: $filter) {
         nodes { id fileName } totalCount pageInfo { hasNextPage hasPreviousPage endCursor } } } }`,
    { id: dataset.id, first, after, orderBy, filter },
  );
  return read.images;
}
async function walk(orderBy: ImageOrder): Promise<Page[]> {
  const pages = [await page(orderBy, pageSize, null)];
  for (let last = pages[0]; last?.pageInfo.hasNextPage; last = pages.at(-1))
    pages.push(await page(orderBy, pageSize, last.pageInfo.endCursor));
  return pages;
}
const codeOf = async (args: string) =>
  (await ada.raw(`{ dataset(id: "${dataset.id}") { images(${args}) { totalCount } } }`)).errors?.[0]
    ?.extensions?.code;
const cursor = (...key: unknown[]) => Buffer.from(JSON.stringify(key)).toString('base64url');

test.each([
  [ImageOrder.UPLOADED, count],
  [ImageOrder.NAME, count],
  [ImageOrder.LEAST_CONFIDENT, count - 1],
  [ImageOrder.MOST_CONFIDENT, count - 1],
  [ImageOrder.RECENTLY_LABELLED, count - 1],
])('paging by %s gives each image once, in the order of one large page', async (order, total) => {
  const whole = await page(order, 500, null);
  const pages = await walk(order);
  const seen = pages.flatMap((one) => one.nodes);
  expect(seen).toEqual(whole.nodes);
  expect(new Set(seen.map((image) => image.id)).size).toBe(total);
  expect(whole).toMatchObject({ totalCount: total, pageInfo: { hasNextPage: false } });
  expect(pages.map((one) => one.pageInfo.hasPreviousPage)).toEqual(
    pages.map((_, index) => index > 0),
  );
});

test('the orders are what they say', async () => {
  const idsBy = async (order: ImageOrder) => (await page(order, 500, null)).nodes;
  expect((await idsBy(ImageOrder.UPLOADED)).map((image) => image.id)).toEqual(images);
  const named = (await idsBy(ImageOrder.NAME)).map((image) => image.fileName);
  expect(named).toEqual([...named].sort());
  const least = (await idsBy(ImageOrder.LEAST_CONFIDENT)).map((image) => image.id);
  expect(least[0]).toBe(images[3]);
  expect(await idsBy(ImageOrder.MOST_CONFIDENT)).toMatchObject(
    least.reverse().map((id) => ({ id })),
  );
  expect((await idsBy(ImageOrder.RECENTLY_LABELLED)).map((image) => image.id)).not.toContain(
    images[0],
  );
});

test('filters narrow what is paged and counted', async () => {
  const found = async (filter: object) =>
    (await page(ImageOrder.UPLOADED, 500, null, filter)).totalCount;
  const [cat, dog] = dataset.classes.map((one) => one.id);
  expect(await found({ labelled: false })).toBe(1);
  expect(await found({ labelled: true, classId: cat })).toBe(count - 1);
  expect(await found({ classId: dog })).toBe(0);
  expect(await found({ predictedClassId: cat, minConfidence: 0.5 })).toBe(3);
  expect(await found({ nameContains: '4.JP' })).toBe(2);
  expect(await found({ nameContains: '%' })).toBe(0);
  expect(await found({ heldOut: true })).toBe(0);
});

test.each([
  ['a negative page', 'first: -1', 'BAD_USER_INPUT'],
  ['an oversized page', 'first: 501', 'LIMIT_EXCEEDED'],
  ['words as a cursor', 'after: "nonsense"', 'INVALID_CURSOR'],
  ['an empty cursor', 'after: ""', 'INVALID_CURSOR'],
  ['a cursor of another list', `after: "${cursor('x')}"`, 'INVALID_CURSOR'],
  ['a cursor of another order', `orderBy: NAME, after: "${cursor(1)}"`, 'INVALID_CURSOR'],
  [
    'a cursor with a made-up time',
    `orderBy: RECENTLY_LABELLED, after: "${cursor('soon', 1)}"`,
    'INVALID_CURSOR',
  ],
  [
    'a cursor with a made-up confidence',
    `orderBy: MOST_CONFIDENT, after: "${cursor('high', 1)}"`,
    'INVALID_CURSOR',
  ],
  ...['1e-999', '1e-46', 'Infinity', '0.1e-400'].map((made) => [
    `the confidence ${made} as a cursor`,
    `orderBy: MOST_CONFIDENT, after: "${cursor(made, 1)}"`,
    'INVALID_CURSOR',
  ]),
  ...[
    '2026-02-31 09:30:00+00',
    '0000-01-01 09:30:00+00',
    '20260-01-01 09:30:00+00',
    '2026-07-28 09:30:00+99',
    'infinity',
  ].map((made) => [
    `the time ${made} as a cursor`,
    `orderBy: RECENTLY_LABELLED, after: "${cursor(made, 1)}"`,
    'INVALID_CURSOR',
  ]),
  ['an ordinal too large', `after: "${cursor(2 ** 31)}"`, 'INVALID_CURSOR'],
  ['a confidence above one', 'filter: { minConfidence: 2 }', 'BAD_USER_INPUT'],
  ['a class that is none', 'filter: { classId: "nonsense" }', 'NOT_FOUND'],
  ['a NUL in a name', 'filter: { nameContains: "a\\u0000" }', 'BAD_USER_INPUT'],
  ['an order that is none', 'orderBy: SIZE', 'GRAPHQL_VALIDATION_FAILED'],
])('%s is refused', async (_what, args, code) => {
  expect(await codeOf(args)).toBe(code);
});

test('an empty page is a page', async () => {
  const { nodes, pageInfo } = await page(ImageOrder.UPLOADED, 0, null);
  expect({ nodes, pageInfo }).toMatchObject({ nodes: [], pageInfo: { hasNextPage: true } });
});

test('paging through datasets gives each once, newest first, while others are added', async () => {
  for (const index of [1, 2, 3, 4]) await createDataset(ada, `one of many ${index}`);
  const names: string[] = [];
  let after: string | null = null;
  do {
    const { datasets }: { datasets: { nodes: { name: string }[]; pageInfo: Page['pageInfo'] } } =
      await ada.request(
        `query ($after: String) { datasets(first: 2, after: $after) { nodes { name } pageInfo { hasNextPage endCursor } } }`,
        { after },
      );
    names.push(...datasets.nodes.map((one) => one.name));
    after = datasets.pageInfo.hasNextPage ? datasets.pageInfo.endCursor : null;
    await createDataset(ada, `added while paging ${names.length}`);
  } while (after);
  expect(names).toEqual([...[4, 3, 2, 1].map((index) => `one of many ${index}`), 'paged']);
  for (const wrong of ['nonsense', cursor('x'), cursor(1), cursor(null)])
    expect(
      (await ada.raw(`{ datasets(after: "${wrong}") { totalCount } }`)).errors?.[0]?.extensions
        ?.code,
    ).toBe('INVALID_CURSOR');
});
