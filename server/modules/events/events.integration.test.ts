import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import WebSocket from 'ws';
import { fromCursor } from './event.ports';
import { parseGlobalId } from '../../graphql/globalId';
import { take, type ApiClient } from '../../testing/apiClient';
import { waitUntil } from '../../testing/waitUntil';
import { createDataset, uploadPhotos, type TestDataset } from '../../testing/factories';
import { startTestServer, type TestServer } from '../../testing/testServer';

const datasetEvents = `subscription ($id: ID!, $after: String) { datasetEvents(datasetId: $id, after: $after) {
  __typename cursor actor { name } ... on LabelRecorded { label { id class { name } } image { id version } } } }`;
interface Delivered {
  datasetEvents: { __typename: string; cursor: string; image?: { id: string } };
}

let server: TestServer;
let ada: ApiClient;
let dataset: TestDataset;
let images: string[];

beforeAll(async () => {
  server = await startTestServer({
    env: { LABELLOOP_SUBSCRIBER_QUEUE: '10', LABELLOOP_STALLED_AFTER_SECONDS: '1' },
  });
  ada = await server.person('Ada');
});
afterAll(() => server.close());
beforeEach(async () => {
  dataset = await createDataset(ada, randomUUID());
  images = await uploadPhotos(ada, dataset.id, 6);
});
afterEach(() => ada.close());

/**
 * Returns a cursor after everything recorded so far. Transactions of other tests can delay it for a
 * moment.
 */
async function cursorNow(): Promise<string> {
  let cursor = '';
  await waitUntil(async () => {
    const answer = await ada.request<{ dataset: { eventCursor: string } }>(
      'query ($id: ID!) { dataset(id: $id) { eventCursor } }',
      { id: dataset.id },
    );
    cursor = answer.dataset.eventCursor;
    const rows: { tx: string }[] = await server.container.dataSource.query(
      'SELECT tx::text FROM event WHERE dataset_id = $1 ORDER BY tx DESC LIMIT 1',
      [databaseId()],
    );
    return BigInt(rows[0]?.tx ?? 0) < (fromCursor(cursor)?.tx ?? 0n);
  });
  return cursor;
}
const label = (imageId = '') =>
  ada.request(
    'mutation ($input: RecordLabelInput!) { recordLabel(input: $input) { label { id } error { message } } }',
    { input: { imageId, classId: dataset.classes[0]?.id, clientMutationId: randomUUID() } },
  );
const follow = (after?: string) =>
  ada.subscribe<Delivered>(datasetEvents, { id: dataset.id, after });
const labelledImages = (results: { data?: Delivered | null }[]) =>
  results.flatMap(({ data }) => data?.datasetEvents.image?.id ?? []);

test('replays from a cursor, then follows, without gaps or repeats', async () => {
  const after = await cursorNow();
  await label(images[0]);
  await label(images[1]);
  const events = follow(after);
  const replayed = await take(events, 2);
  await label(images[2]);
  const followed = await take(events, 1);
  expect(labelledImages([...replayed, ...followed])).toEqual(images.slice(0, 3));
  await events.return?.();

  const resumed = follow(replayed[0]?.data?.datasetEvents.cursor);
  expect(labelledImages(await take(resumed, 2))).toEqual(images.slice(1, 3));
  await resumed.return?.();
});

test('a transaction that commits late is not skipped', async () => {
  const after = await cursorNow();
  const { dataSource, events } = server.container;
  const early = dataSource.createQueryRunner();
  await early.startTransaction();
  const record = { datasetId: databaseId(), type: 'dataset.changed' as const, payload: {} };
  await events.record(early.manager, record);
  await label(images[0]);
  const stream = follow(after);
  const first = take(stream, 2);
  await label(images[1]);
  await early.commitTransaction();
  await early.release();
  const types = (await first).map(({ data }) => data?.datasetEvents.__typename);
  expect(types).toEqual(['DatasetChanged', 'LabelRecorded']);
  await stream.return?.();
});

test('another dataset’s events stay there', async () => {
  const stream = follow(await cursorNow());
  const next = take(stream, 1);
  const own = dataset;
  const ownImages = images;
  dataset = await createDataset(ada, randomUUID());
  await label((await uploadPhotos(ada, dataset.id, 1))[0]);
  dataset = own;
  await label(ownImages[0]);
  expect(labelledImages(await next)).toEqual([ownImages[0]]);
  await stream.return?.();
});

test('a cursor that is too old asks for a new start, one that is none is refused', async () => {
  const { dataSource } = server.container;
  await dataSource.query(`UPDATE event_horizon SET tx = pg_current_xact_id(), id = 0`);
  const codes = async (after: string) => {
    const [result] = await take(follow(after), 1);
    return result?.errors?.map((error) => error.extensions?.code);
  };
  expect(await codes(Buffer.from('1:1').toString('base64url'))).toEqual(['RESYNC_REQUIRED']);
  expect(await codes('nonsense')).toEqual(['INVALID_CURSOR']);
  await dataSource.query(`UPDATE event_horizon SET tx = '0', id = 0`);
});

test('a cursor that this database has not given out is refused, not waited for', async () => {
  const code = async (after: string) => {
    const [result] = await take(follow(after), 1);
    return result?.errors?.[0]?.extensions?.code;
  };
  const encoded = (text: string) => Buffer.from(text).toString('base64url');
  const { tx } = fromCursor(await cursorNow())!;
  expect(await code(encoded(`${tx + 1_000_000n}:0`))).toBe('RESYNC_REQUIRED');
  expect(await code(encoded(`${2n ** 64n - 1n}:${2n ** 63n - 1n}`))).toBe('RESYNC_REQUIRED');
  expect(await code(encoded(`${2n ** 64n}:0`))).toBe('INVALID_CURSOR');
  expect(await code(encoded(`${tx}:${2n ** 63n}`))).toBe('INVALID_CURSOR');
});

test('pruning moves the horizon, and keeps what is young', async () => {
  const { events, dataSource } = server.container;
  await dataSource.query(
    `UPDATE event SET occurred_at = now() - interval '2 hours' WHERE dataset_id = $1`,
    [databaseId()],
  );
  const young = await cursorNow();
  await label(images[0]);
  await events.prune(1);
  const left: { count: number }[] = await dataSource.query(
    'SELECT count(*)::int FROM event WHERE dataset_id = $1',
    [databaseId()],
  );
  expect(left[0]?.count).toBe(1);
  const stream = follow(young);
  expect(labelledImages(await take(stream, 1))).toEqual([images[0]]);
  await stream.return?.();
  await dataSource.query(`UPDATE event_horizon SET tx = '0', id = 0`);
});

test('strangers see nothing', async () => {
  const stranger = new (ada.constructor as typeof ApiClient)(server.url);
  await expect(
    take(stranger.subscribe(datasetEvents, { id: dataset.id }), 1),
  ).rejects.toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  await stranger.close();
});

test('a client that stops reading is cut off, and the others never notice', async () => {
  const stalled = new WebSocket(
    `${server.url.replace('http', 'ws')}/graphql`,
    'graphql-transport-ws',
  );
  await new Promise((resolve) => stalled.once('open', resolve));
  stalled.send(JSON.stringify({ type: 'connection_init', payload: ada.headers }));
  await new Promise((resolve) => stalled.once('message', resolve));
  // A long answer to every event fills the socket's buffers quickly.
  const greedy = `subscription ($id: ID!) { datasetEvents(datasetId: $id) { ${Array.from(
    { length: 280 },
    (_, index) => `a${index}: cursor b${index}: occurredAt`,
  ).join(' ')} } }`;
  stalled.send(
    JSON.stringify({
      id: '1',
      type: 'subscribe',
      payload: { query: greedy, variables: { id: dataset.id } },
    }),
  );
  const socket = (stalled as unknown as { _socket: Socket })._socket;
  const closed = new Promise((resolve) => stalled.once('close', resolve));
  const healthy = follow(await cursorNow());
  const total = 900;
  const received = take(healthy, total);
  socket.pause();
  const { events, dataSource } = server.container;
  const record = { datasetId: databaseId(), type: 'dataset.changed' as const, payload: {} };
  for (let sent = 0; sent < total; sent += 5)
    await dataSource.transaction(async (manager) => {
      for (let index = 0; index < 5; index++) await events.record(manager, record);
    });
  expect(await received).toHaveLength(total);
  // The server closes the connection by itself. Reading on only shows that it did.
  await waitUntil(() => server.connections() === 1);
  socket.resume();
  await closed;
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  await healthy.return?.();
}, 90_000);

const databaseId = () => parseGlobalId(dataset.id)?.id ?? '';
