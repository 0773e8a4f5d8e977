import { startTestServer, type TestServer } from '../testing/testServer';
import { startTestWorker, type TestWorker } from '../testing/testWorker';
import { waitUntil } from '../testing/waitUntil';
import { readHealth, type Health } from './health';

const token = 'sixteen-characters-or-more';

let server: TestServer;
let worker: TestWorker | undefined;

beforeAll(async () => {
  server = await startTestServer({ env: { LABELLOOP_STATUS_TOKEN: token } });
});
afterAll(async () => {
  await worker?.close();
  await server.close();
});

const ready = async (headers: Record<string, string> = {}) => {
  const response = await fetch(`${server.url}/readyz`, { headers });
  return { code: response.status, ...((await response.json()) as Partial<Health>) };
};
const check = async (name: string) => (await ready()).checks?.find((one) => one.name === name);

test('without a worker people can label, and the operator reads what to do', async () => {
  const { code, status, checks } = await ready();
  expect({ code, status }).toEqual({ code: 200, status: 'degraded' });
  expect(checks).toEqual([
    { name: 'database', ok: true, message: 'PostgreSQL answers.' },
    { name: 'store', ok: true, message: 'The image store has room.' },
    {
      name: 'workers',
      ok: false,
      message:
        'No worker takes jobs, so images are not embedded and no run starts. Start a worker.',
    },
  ]);
});

test('a worker makes it complete', async () => {
  worker = await startTestWorker(server);
  await waitUntil(async () => (await ready()).status === 'ok');
  expect(await check('workers')).toMatchObject({ ok: true });
});

test('strangers behind a proxy see the status only, and the token opens the rest', async () => {
  const forwarded = { 'x-forwarded-for': '203.0.113.7' };
  expect(await ready(forwarded)).toEqual({ code: 200, status: 'ok' });
  expect((await ready({ forwarded: 'for=127.0.0.1' })).checks).toBeUndefined();
  expect((await ready({ ...forwarded, authorization: `Bearer ${token}x` })).checks).toBeUndefined();
  expect((await ready({ ...forwarded, authorization: `Bearer ${token}` })).checks).toHaveLength(3);
});

test('a store that cannot be read is named, and labelling goes on', async () => {
  const { store } = server.container;
  jest.spyOn(store, 'room').mockRejectedValue(new Error('EIO'));
  await waitUntil(async () => (await ready()).status === 'degraded');
  expect(await check('store')).toMatchObject({
    ok: false,
    message: 'The image store does not answer. Check that its folder exists and can be written.',
  });
  jest.spyOn(store, 'room').mockResolvedValue(-1);
  await waitUntil(async () => (await check('store'))?.message.includes('is full') ?? false);
  jest.restoreAllMocks();
  await waitUntil(async () => (await ready()).status === 'ok');
});

test('a database that does not answer makes it unavailable within two seconds', async () => {
  const { dataSource, store } = server.container;
  const silent = Object.create(dataSource, {
    query: { value: () => new Promise(() => {}) },
  }) as typeof dataSource;
  expect(await readHealth({ dataSource: silent, store })).toMatchObject({
    status: 'unavailable',
    checks: [{ name: 'database', ok: false }, { name: 'store' }],
  });
});

test('a database that refuses connections is a 503 until it is back', async () => {
  const query = jest.spyOn(server.container.dataSource, 'query');
  query.mockRejectedValue(new Error('ECONNREFUSED'));
  await waitUntil(async () => (await ready()).code === 503);
  jest.restoreAllMocks();
  await waitUntil(async () => (await ready()).code === 200);
});
