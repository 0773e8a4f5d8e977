import { readdir } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import type { ApiClient } from '../../../testing/apiClient';
import { createDataset, photo, upload, type TestDataset } from '../../../testing/factories';
import { startTestServer, type TestServer } from '../../../testing/testServer';
import { waitUntil } from '../../../testing/waitUntil';
import { imageUrl, uploadUrl } from '../imageUrls';

let server: TestServer;
let ada: ApiClient;
let dataset: TestDataset;

beforeAll(async () => {
  server = await startTestServer();
  ada = await server.person('Ada');
  dataset = await createDataset(ada, 'uploads');
});
afterAll(() => server.close());

interface Ticket {
  id: string;
  url: string;
}
const unknownId = '0198c2a4-7a3b-7c1d-9e2f-1234567890ab';

async function createTickets(files: object[], client = ada) {
  const { createUploads } = await client.request<{
    createUploads: { tickets: Ticket[] | null; error: Record<string, unknown> | null };
  }>(
    `mutation ($input: CreateUploadsInput!) { createUploads(input: $input) { tickets { id url }
       error { __typename message ... on InvalidInput { field } } } }`,
    { input: { datasetId: dataset.id, files } },
  );
  return createUploads;
}

async function ticketFor(byteSize: number, fileName = 'a.jpg'): Promise<Ticket> {
  const { tickets } = await createTickets([{ fileName, byteSize }]);
  return tickets?.[0] ?? { id: '', url: '' };
}

async function complete(ticketIds: string[], client = ada) {
  const { completeUploads } = await client.request<{
    completeUploads: {
      results: { image: { id: string } | null; refusal: { reason: string } | null }[] | null;
      error: { __typename: string } | null;
    };
  }>(
    `mutation ($ids: [ID!]!) { completeUploads(input: { ticketIds: $ids }) {
       results { fileName duplicate image { id } refusal { reason message } } error { __typename } } }`,
    { ids: ticketIds },
  );
  return completeUploads;
}

const reasonOf = async ({ id }: Ticket) => (await complete([id])).results?.[0]?.refusal?.reason;
const filesUnder = (folder: string) =>
  readdir(join(server.container.config.dataFolder, 'store', folder), {
    recursive: true,
    withFileTypes: true,
  }).then(
    (entries) => entries.filter((entry) => entry.isFile()).map((entry) => entry.name),
    () => [],
  );

test('the bytes of a ticket become an image once they are completed', async () => {
  const bytes = await photo('first');
  const ticket = await ticketFor(bytes.length, './cats//1.jpg');
  expect(await reasonOf(ticket)).toBe('NOT_UPLOADED');
  expect((await ada.put(ticket.url, bytes)).status).toBe(204);
  const { results } = await complete([ticket.id]);
  expect(results).toMatchObject([{ fileName: 'cats/1.jpg', duplicate: false, refusal: null }]);
  expect(await filesUnder('uploads')).toEqual([]);
});

test('completing again, or twice at once, gives the same result', async () => {
  const bytes = await photo('repeated');
  const tickets = [await ticketFor(bytes.length), await ticketFor(10)];
  await ada.put(tickets[0]?.url ?? '', bytes);
  const ids = tickets.map((ticket) => ticket.id);
  const stored = (await filesUnder('images')).length;
  const answers = await Promise.all([complete(ids), complete(ids), complete(ids)]);
  const again = await complete(ids);
  expect(again.results).toMatchObject([
    { duplicate: false, refusal: null },
    { image: null, refusal: { reason: 'NOT_UPLOADED' } },
  ]);
  for (const answer of answers) expect(answer).toEqual(again);
  expect(await filesUnder('images')).toHaveLength(stored + 1);
});

test('a PUT of another length is refused, stores nothing, and leaves the ticket open', async () => {
  const bytes = await photo('length');
  const ticket = await ticketFor(bytes.length);
  const short = await ada.put(ticket.url, bytes.subarray(1));
  expect(short.status).toBe(400);
  expect(await short.json()).toEqual({
    message: `a.jpg was announced with ${bytes.length} bytes; ${bytes.length - 1} arrived.`,
  });
  expect((await ada.put(ticket.url, Buffer.concat([bytes, bytes]))).status).toBe(413);
  expect(await filesUnder('uploads')).toEqual([]);
  expect(await reasonOf(ticket)).toBe('NOT_UPLOADED');
  expect((await ada.put(ticket.url, bytes)).status).toBe(204);
  expect((await complete([ticket.id])).results?.[0]?.image).not.toBeNull();
});

test('a refused PUT leaves the bytes that came before it', async () => {
  const bytes = await photo('kept');
  const ticket = await ticketFor(bytes.length);
  await ada.put(ticket.url, bytes);
  expect((await ada.put(ticket.url, bytes.subarray(1))).status).toBe(400);
  expect((await complete([ticket.id])).results?.[0]?.refusal).toBeNull();
});

test('a client that drops its PUT half-way leaves nothing, and may try again', async () => {
  const bytes = await photo('dropped');
  const ticket = await ticketFor(bytes.length);
  const put = request(server.url + ticket.url, {
    method: 'PUT',
    headers: { ...ada.headers, 'content-length': bytes.length },
  });
  put.on('error', () => {});
  put.write(bytes.subarray(0, 100));
  await waitUntil(async () => (await filesUnder('uploads')).length === 1);
  put.destroy();
  await waitUntil(async () => (await filesUnder('uploads')).length === 0);
  expect(await reasonOf(ticket)).toBe('NOT_UPLOADED');
  expect((await ada.put(ticket.url, bytes)).status).toBe(204);
  expect((await complete([ticket.id])).results?.[0]?.refusal).toBeNull();
});

test('unknown, foreign, completed and expired tickets take no bytes', async () => {
  const bytes = await photo('tickets');
  const ticket = await ticketFor(bytes.length);
  const bob = await server.person('Bob');
  const stranger = await fetch(server.url + ticket.url, { method: 'PUT', body: 'x' });
  expect(stranger.status).toBe(401);
  expect((await bob.put(ticket.url, bytes)).status).toBe(403);
  expect((await complete([ticket.id], bob)).error?.__typename).toBe('Forbidden');
  expect((await ada.put(uploadUrl(unknownId), bytes)).status).toBe(404);
  expect((await ada.put(uploadUrl('nonsense'), bytes)).status).toBe(404);
  await ada.put(ticket.url, bytes);
  await complete([ticket.id]);
  expect((await ada.put(ticket.url, bytes)).status).toBe(409);
  const late = await ticketFor(bytes.length);
  await server.container.dataSource.query(
    `UPDATE upload_ticket SET expires_at = now() - interval '1 second' WHERE completed_at IS NULL`,
  );
  expect((await ada.put(late.url, bytes)).status).toBe(410);
  expect(await reasonOf(late)).toBe('EXPIRED');
  expect(await filesUnder('uploads')).toEqual([]);
});

test.each([
  ['fileName', { fileName: '../evil.jpg', byteSize: 1 }],
  ['fileName', { fileName: '/etc/passwd', byteSize: 1 }],
  ['fileName', { fileName: 'a\0.jpg', byteSize: 1 }],
  ['byteSize', { fileName: 'a.jpg', byteSize: -1 }],
  ['byteSize', { fileName: 'a.jpg', byteSize: 1.5 }],
  ['className', { fileName: 'a.jpg', byteSize: 1, className: 'a\nb' }],
])('a wrong %s is refused: %j', async (field, file) => {
  const { tickets, error } = await createTickets([{ fileName: 'good.jpg', byteSize: 1 }, file]);
  expect({ tickets, error }).toMatchObject({
    tickets: null,
    error: { __typename: 'InvalidInput', field },
  });
});

test('too large a file, too many files and unknown tickets are refused', async () => {
  const typeOf = async (files: object[]) => (await createTickets(files)).error?.__typename;
  const file = { fileName: 'a.jpg', byteSize: 1 };
  expect(await typeOf([{ ...file, byteSize: 65 * 2 ** 20 }])).toBe('LimitExceeded');
  expect(await typeOf(Array.from({ length: 201 }, () => file))).toBe('LimitExceeded');
  expect((await complete([dataset.id])).error?.__typename).toBe('NotFound');
});

test('the same bytes are kept once in a dataset, and again in another', async () => {
  const bytes = await photo('twice');
  const files = ['a.jpg', 'b.jpg'].map((fileName) => ({ fileName, bytes }));
  const [first, second] = await upload(ada, dataset.id, files);
  expect(first).toMatchObject({ duplicate: false, refusal: null });
  expect(second).toMatchObject({ duplicate: true, image: { id: first?.image?.id } });
  const [third] = await upload(ada, dataset.id, [{ fileName: 'c.jpg', bytes }]);
  expect(third).toMatchObject({ duplicate: true, image: { id: first?.image?.id } });
  const other = await createDataset(ada, 'another');
  const [elsewhere] = await upload(ada, other.id, [{ fileName: 'a.jpg', bytes }]);
  expect(elsewhere).toMatchObject({ duplicate: false });
  expect(elsewhere?.image?.id).not.toBe(first?.image?.id);
});

test('two uploads of the same bytes at once keep one image and one file', async () => {
  const bytes = await photo('at once');
  const stored = (await filesUnder('images')).length;
  const results = await Promise.all(
    [1, 2, 3].map(() => upload(ada, dataset.id, [{ fileName: 'a.jpg', bytes }])),
  );
  expect(new Set(results.map(([one]) => one?.image?.id)).size).toBe(1);
  expect(results.filter(([one]) => !one?.duplicate)).toHaveLength(1);
  expect(await filesUnder('images')).toHaveLength(stored + 1);
});

test('a class that comes along is made and recorded as an imported label', async () => {
  const own = await createDataset(ada, 'labelled', ['cat']);
  const files = await Promise.all(
    ['Cat', 'bird', 'bird'].map(async (className, index) => ({
      fileName: `${index}.jpg`,
      bytes: await photo(`classed ${index}`),
      className,
    })),
  );
  const results = await upload(ada, own.id, files);
  expect(results.map((one) => one.image?.version)).toEqual([1, 1, 1]);
  const { node } = await ada.request<{ node: object }>(
    `query ($id: ID!) { node(id: $id) { ... on Dataset { classes { name labelledCount }
       images { nodes { consensus { class { name } } labels { origin person { name } } } } } } }`,
    { id: own.id },
  );
  const image = (name: string) => ({
    consensus: { class: { name } },
    labels: [{ origin: 'IMPORTED', person: { name: 'Ada' } }],
  });
  expect(node).toEqual({
    classes: [
      { name: 'cat', labelledCount: 1 },
      { name: 'bird', labelledCount: 2 },
    ],
    images: { nodes: [image('cat'), image('bird'), image('bird')] },
  });
});

test('held-out images are never asked about', async () => {
  const own = await createDataset(ada, 'held out');
  const files = await Promise.all(
    [true, false].map(async (heldOut) => ({
      fileName: `${heldOut}.jpg`,
      bytes: await photo(`held out ${heldOut}`),
      heldOut,
    })),
  );
  const [, asked] = await upload(ada, own.id, files);
  const { node } = await ada.request<{ node: object }>(
    `query ($id: ID!) { node(id: $id) { ... on Dataset { counts { images heldOut }
       queue { nodes { image { id } } } } } }`,
    { id: own.id },
  );
  expect(node).toEqual({
    counts: { images: 2, heldOut: 1 },
    queue: { nodes: [{ image: { id: asked?.image?.id } }] },
  });
  const { leaseTasks } = await ada.request<{ leaseTasks: object }>(
    'mutation ($id: ID!) { leaseTasks(input: { datasetId: $id, count: 10 }) { tasks { image { id } } } }',
    { id: own.id },
  );
  expect(leaseTasks).toEqual({ tasks: [{ image: { id: asked?.image?.id } }] });
});

test('files are for people who signed in, and unknown ones are not found', async () => {
  const [result] = await upload(ada, dataset.id, [
    { fileName: 'a.jpg', bytes: await photo('mine') },
  ]);
  const url = result?.image?.url ?? '';
  expect((await fetch(server.url + url)).status).toBe(401);
  expect((await ada.get(url)).status).toBe(200);
  expect((await ada.get(imageUrl(unknownId))).status).toBe(404);
  expect((await ada.get(imageUrl('nonsense'))).status).toBe(404);
  expect((await ada.get(imageUrl('%E0%A4%A'))).status).toBe(400);
});
