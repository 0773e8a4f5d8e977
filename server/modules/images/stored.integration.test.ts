import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import type { ApiClient } from '../../testing/apiClient';
import { createDataset, photo, upload } from '../../testing/factories';
import { startTestServer, type TestServer } from '../../testing/testServer';

let server: TestServer;
let ada: ApiClient;
let path: string;
let whole: Buffer;

beforeAll(async () => {
  server = await startTestServer();
  ada = await server.person('Ada');
  const { id } = await createDataset(ada, 'stored');
  await upload(ada, id, [{ fileName: 'a.jpg', bytes: await photo('a') }]);
  const { dataset } = await ada.request<{
    dataset: { images: { nodes: { url: string }[] } };
  }>('query ($id: ID!) { dataset(id: $id) { images { nodes { url } } } }', { id });
  path = dataset.images.nodes[0]?.url ?? '';
  whole = Buffer.from(await (await ada.get(path)).arrayBuffer());
});
afterAll(() => server.close());

const get = (headers: Record<string, string>) =>
  fetch(server.url + path, { headers: { ...ada.headers, ...headers } });

/** Asks like a browser with a copy. `fetch` would add headers that ask for a new one. */
async function revalidate(etag: string): Promise<number | undefined> {
  const headers = { ...ada.headers, 'if-none-match': etag };
  const [response] = (await once(request(server.url + path, { headers }).end(), 'response')) as [
    IncomingMessage,
  ];
  response.resume();
  return response.statusCode;
}

test('a browser asks each time whether it may show its copy', async () => {
  const response = await get({});
  expect(response.headers.get('cache-control')).toBe('private, no-cache');
  const etag = response.headers.get('etag') ?? '';
  expect(await revalidate(etag)).toBe(304);
  await ada.request('mutation { signOut { error { message } } }');
  expect(await revalidate(etag)).toBe(401);
  ada = await server.person('Ada');
});

test.each<[string, number, number]>([
  ['bytes=0-9', 0, 10],
  ['bytes=10-', 10, Infinity],
  ['bytes=-7', -7, Infinity],
])('sends the range %s', async (range, start, end) => {
  const response = await get({ range });
  const expected = whole.subarray(start, Math.min(end, whole.length));
  expect(response.status).toBe(206);
  expect(Buffer.from(await response.arrayBuffer())).toEqual(expected);
  expect(response.headers.get('content-length')).toBe(String(expected.length));
  expect(response.headers.get('content-range')).toMatch(
    new RegExp(`^bytes \\d+-\\d+/${whole.length}$`),
  );
});

test.each(['bytes=0-1,5-6', 'lines=1-2', 'bytes=x'])('sends the whole for %s', async (range) => {
  const response = await get({ range });
  expect(response.status).toBe(200);
  expect(Buffer.from(await response.arrayBuffer())).toEqual(whole);
});

test('a range behind the end is 416 with the size', async () => {
  const response = await get({ range: `bytes=${whole.length}-` });
  expect(response.status).toBe(416);
  expect(response.headers.get('content-range')).toBe(`bytes */${whole.length}`);
});
